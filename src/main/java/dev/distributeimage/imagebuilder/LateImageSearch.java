package dev.distributeimage.imagebuilder;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

import dev.distributeimage.aws.Arn;
import dev.distributeimage.aws.Place;
import dev.distributeimage.imagebuilder.PagedSearch.Page;
import dev.distributeimage.run.ClientTokens;
import dev.distributeimage.run.RunOptions;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.imagebuilder.ImagebuilderClient;
import software.amazon.awssdk.services.imagebuilder.model.GetImageRequest;
import software.amazon.awssdk.services.imagebuilder.model.GetImageResponse;
import software.amazon.awssdk.services.imagebuilder.model.ImageSummary;
import software.amazon.awssdk.services.imagebuilder.model.ListImageBuildVersionsRequest;
import software.amazon.awssdk.services.imagebuilder.model.ListImageBuildVersionsResponse;

/**
 * Searches the images that a request may have made for one that uses its distribution
 * configuration or carries its tag. AWS has no operation for this.
 */
final class LateImageSearch {

	/**
	 * Page size. AWS returns up to 25 builds, each with all its AMIs. A page that is too
	 * long is asked for again with a single build.
	 */
	private static final int BUILDS_ON_A_PAGE = 5;

	/** Limit for a list of builds: 1,000 of them. */
	private static final int MAX_PAGES = 200;

	private final AwsCalls calls;

	private final NewImage wanted;

	private final PagedSearch search;

	private int pageSize = BUILDS_ON_A_PAGE;

	LateImageSearch(AwsCalls calls, NewImage wanted, BooleanSupplier mayCall) {
		this.calls = calls;
		this.wanted = wanted;
		this.search = new PagedSearch("ListImageBuildVersions", MAX_PAGES, mayCall);
	}

	Optional<String> find(Instant since, Set<String> excluded) {
		Optional<String> found = this.search.find((token) -> {
			Builds builds = builds(token, since);
			return new Page<>(builds.builds()
				.stream()
				.filter((build) -> !excluded.contains(build.arn()) && isWanted(build))
				.map(Build::arn)
				.findFirst(), builds.nextToken());
		});
		if (found.isEmpty()) {
			// The caller makes another call next.
			this.search.requireTime();
		}
		return found;
	}

	// The tag comes first: another run may reuse the configuration that the wanted image
	// uses. It may name a run that a restore has lost, and the caller has repeated.
	private boolean isWanted(Build build) {
		if (!ArnForm.IMAGE_BUILD_VERSION.fits(build.arn()) || !Place.of(build.arn()).equals(this.wanted.place())) {
			return false;
		}
		if (build.run() != null || this.wanted.isTagged()) {
			return build.run() != null && ClientTokens.haveOneToken(this.wanted.run(), build.run());
		}
		return this.wanted.distributionConfigurationArn().equals(distributionConfigurationArnOf(build.arn()));
	}

	/**
	 * The part of a page that the search needs. The page itself may take megabytes, and
	 * must not be kept while its builds are looked at.
	 */
	private record Builds(List<Build> builds, @Nullable String nextToken) {
	}

	/**
	 * The part of a build that the search needs.
	 *
	 * @param run the run that its tag names, or null
	 */
	private record Build(String arn, @Nullable String run) {
	}

	private Builds builds(@Nullable String token, Instant since) {
		Response<ListImageBuildVersionsResponse> list = list(token);
		return new Builds(list.require(LateImageSearch::summaries)
			.stream()
			.filter((summary) -> summary.arn() != null && isCreatedSince(summary, since))
			.map((summary) -> new Build(summary.arn(), summary.tags().get(RunOptions.RUN_TAG)))
			.toList(), list.body().nextToken());
	}

	private Response<ListImageBuildVersionsResponse> list(@Nullable String token) {
		try {
			var request = ListImageBuildVersionsRequest.builder()
				.imageVersionArn(imageVersionArn())
				.maxResults(this.pageSize)
				.nextToken(token)
				.build();
			return this.calls.make("ListImageBuildVersions", Session.ofPolls(this.wanted.place()), request,
					ImagebuilderClient::listImageBuildVersions);
		}
		catch (ImageBuilderException ex) {
			if (!ex.isTooLong() || this.pageSize == 1) {
				throw ex;
			}
		}
		this.pageSize = 1;
		this.search.requireTime();
		return list(token);
	}

	private static @Nullable List<ImageSummary> summaries(ListImageBuildVersionsResponse list) {
		return list.hasImageSummaryList() ? list.imageSummaryList() : null;
	}

	// An image that is listed but not found may be the wanted one, so the search fails
	// and is repeated later.
	private @Nullable String distributionConfigurationArnOf(String imageBuildVersionArn) {
		this.search.requireTime();
		try {
			var request = GetImageRequest.builder().imageBuildVersionArn(imageBuildVersionArn).build();
			var configuration = this.calls
				.make("GetImage", Session.ofPolls(this.wanted.place()), request, ImagebuilderClient::getImage)
				.require(GetImageResponse::image)
				.distributionConfiguration();
			return (configuration != null) ? configuration.arn() : null;
		}
		catch (ImageBuilderException ex) {
			throw ex.isNotFound() ? new ImageBuilderException(ex.operation(),
					FailedCall.unusable("The image is listed but not found: " + ex.getMessage(), ex.requestId()), ex)
					: ex;
		}
	}

	// An unreadable date does not exclude an image.
	private static boolean isCreatedSince(ImageSummary summary, Instant since) {
		try {
			return summary.dateCreated() == null
					|| !Instant.parse(summary.dateCreated()).isBefore(since.minus(AwsImageBuilder.CLOCK_DIFFERENCE));
		}
		catch (DateTimeException ex) {
			return true;
		}
	}

	// Null lists all images of the account and Region. A recipe with a wildcard in its
	// version has no single image version, and an image built from another account's
	// recipe does not belong to that account. An image made from a source image has a
	// name that AWS chooses.
	private @Nullable String imageVersionArn() {
		String recipeArn = this.wanted.input().recipeArn();
		if (recipeArn == null) {
			return null;
		}
		Arn recipe = Arn.parse(recipeArn);
		boolean single = !recipe.version().contains("x") && recipe.account().equals(this.wanted.place().account());
		return single ? recipe.toString().replaceFirst(":(image|container)-recipe/", ":image/") : null;
	}

}
