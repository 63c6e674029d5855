package dev.distributeimage.policy;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;

/**
 * Settings for what a caller may ask for. A list has all that is allowed.
 *
 * @param accounts accounts that runs may be in
 * @param regions patterns of Regions, of the run and of its distributions
 * @param recipes patterns of ARNs of image and container recipes
 * @param infrastructureConfigurations patterns of ARNs of infrastructure configurations
 * @param names patterns of distributionName, as AWS compares names
 * @param outputs members that a distribution may have besides its Region
 * @param share who may get images
 * @param kmsKeys patterns of ARNs of keys
 * @param launchTemplates patterns of ids and names of launch templates
 * @param setDefaultVersion whether the default version of a launch template may change
 * @param ssmParameters patterns of names of parameters to set
 * @param s3Exports where images may be exported to
 * @param repositories patterns of names of container repositories
 * @param licences patterns of ARNs of licence configurations
 * @param tags what images and configurations may be tagged with
 * @param fastLaunch limits for fast launch
 * @param executionRoles patterns of ARNs of roles that Image Builder may assume
 * @param workflows patterns of ARNs of workflows
 * @param logGroups patterns of names of log groups
 * @param sourceImages patterns of images that may be distributed without a build
 * @param distributionConfigurations patterns of ARNs of configurations that may be used
 * @param maxRegions the maximum number of distributions of a run, at least 0
 * @param maxDestinations the maximum number of accounts and Regions that get an AMI, at
 * least 0
 * @param limits how much callers may ask for
 */
record PolicySettings(@DefaultValue List<String> accounts, @DefaultValue List<String> regions,
		@DefaultValue List<String> recipes, @DefaultValue List<String> infrastructureConfigurations,
		@DefaultValue("*") List<String> names, @DefaultValue("amiDistributionConfiguration") List<String> outputs,
		@DefaultValue Share share, @DefaultValue List<String> kmsKeys, @DefaultValue List<String> launchTemplates,
		@DefaultValue("false") boolean setDefaultVersion, @DefaultValue List<String> ssmParameters,
		@DefaultValue List<S3Export> s3Exports, @DefaultValue List<String> repositories,
		@DefaultValue List<String> licences, @DefaultValue Tags tags, @DefaultValue FastLaunch fastLaunch,
		@DefaultValue List<String> executionRoles, @DefaultValue List<String> workflows,
		@DefaultValue List<String> logGroups, @DefaultValue List<String> sourceImages,
		@DefaultValue List<String> distributionConfigurations, @DefaultValue("50") int maxRegions,
		@DefaultValue("500") int maxDestinations, @DefaultValue LimitOverrides limits) {

	/**
	 * The limits that are other than those of {@link Limits}, each at least 1.
	 *
	 * @param starts the number of new runs per minute
	 * @param validations the number of repeated starts and of validations per minute
	 * @param runsInFlight the number of runs that have not ended
	 * @param openRequests the number of requests that wait or stream at once
	 * @param requests the number of requests per second
	 * @param burst the number of requests that may come at once
	 */
	record LimitOverrides(@Nullable Integer starts, @Nullable Integer validations, @Nullable Integer runsInFlight,
			@Nullable Integer openRequests, @Nullable Integer requests, @Nullable Integer burst) {

		/** These limits, completed by those of everybody. */
		Limits over(Limits all) {
			return new Limits(either(this.starts, all.starts()), either(this.validations, all.validations()),
					either(this.runsInFlight, all.runsInFlight()), either(this.openRequests, all.openRequests()),
					either(this.requests, all.requests()), either(this.burst, all.burst()));
		}

		private static int either(@Nullable Integer own, int all) {
			return (own != null) ? own : all;
		}

	}

	/**
	 * Recipients of images.
	 *
	 * @param accounts accounts that may be named where an image goes or may be launched
	 * @param organizations ARNs of organizations and organizational units
	 * @param isPublic whether everybody may launch an AMI
	 */
	record Share(@DefaultValue List<String> accounts, @DefaultValue List<String> organizations,
			@DefaultValue("false") @Name("public") boolean isPublic) {
	}

	/**
	 * An export that is allowed.
	 *
	 * @param bucket a pattern of the bucket
	 * @param prefix a pattern of the prefix; by default only exports without one
	 * @param role a pattern of the role
	 */
	record S3Export(@DefaultValue("") String bucket, @DefaultValue("") String prefix, @DefaultValue("") String role) {
	}

	/**
	 * Tags that images and configurations may have.
	 *
	 * @param keys patterns of keys, and of the tags of container images
	 */
	record Tags(@DefaultValue List<String> keys) {
	}

	/**
	 * Limits for fast launch, for each AMI.
	 *
	 * @param maxSnapshots the maximum number of snapshots, at least 0
	 * @param maxParallel the maximum number of instances at a time, at least 0
	 */
	record FastLaunch(@DefaultValue("0") int maxSnapshots, @DefaultValue("0") int maxParallel) {
	}

}
