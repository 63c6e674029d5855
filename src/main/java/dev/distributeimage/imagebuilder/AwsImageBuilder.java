package dev.distributeimage.imagebuilder;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.regex.Pattern;

import dev.distributeimage.imagebuilder.FailedCall.Reply;
import dev.distributeimage.run.Ami;
import dev.distributeimage.aws.Arn;
import dev.distributeimage.run.Container;
import dev.distributeimage.run.Image;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.imagebuilder.ImagebuilderClient;
import software.amazon.awssdk.services.imagebuilder.model.Distribution;
import software.amazon.awssdk.services.imagebuilder.model.DistributionConfiguration;
import software.amazon.awssdk.services.imagebuilder.model.ImageState;
import software.amazon.awssdk.services.imagebuilder.model.ImageSummary;
import software.amazon.awssdk.services.imagebuilder.model.ImagebuilderResponse;
import software.amazon.awssdk.services.imagebuilder.model.OutputResources;
import software.amazon.awssdk.services.imagebuilder.model.WorkflowExecutionMetadata;
import tools.jackson.core.JacksonException;

import org.springframework.core.NestedExceptionUtils;

/**
 * Image Builder through the AWS SDK: the only class that sees its answers.
 * <p>
 * The SDK checks nothing of an answer, so that this class does: a 200 without the
 * expected member, or with an ARN that cannot be right, counts as no answer.
 */
class AwsImageBuilder implements ImageBuilder {

	private static final Pattern DISTRIBUTION_CONFIGURATION_ARN = Pattern
		.compile("arn:aws[^:]*:imagebuilder:[^:]+:(?:[0-9]{12}|aws):distribution-configuration/[a-z0-9-_]+");

	private static final Pattern IMAGE_BUILD_VERSION_ARN = Pattern
		.compile("arn:aws[^:]*:imagebuilder:[^:]+:(?:[0-9]{12}|aws(?:-[a-z-]+)?):"
				+ "image/[a-z0-9-_]+/[0-9]+\\.[0-9]+\\.[0-9]+/[0-9]+");

	/** AWS promises no order; another order is nothing new. */
	private static final Comparator<Ami> BY_PLACE = Comparator
		.comparing(Ami::region, Comparator.nullsFirst(Comparator.<String>naturalOrder()))
		.thenComparing(Ami::accountId, Comparator.nullsFirst(Comparator.<String>naturalOrder()))
		.thenComparing(Ami::image, Comparator.nullsFirst(Comparator.<String>naturalOrder()));

	/** Of a list, at 25 entries each. */
	private static final int MAX_PAGES = 40;

	private static final int MAX_BUILDS = 1_000;

	/** Each comes with all its AMIs: of 25, as many as AWS gives, it may be too much. */
	private static final int BUILDS_ON_A_PAGE = 5;

	/** How far AWS's clock may be behind the database's. */
	private static final Duration CLOCK_DIFFERENCE = Duration.ofMinutes(5);

	private final Function<String, ImagebuilderClient> clients;

	private final AwsCredentialsProvider credentials;

	private final Clock clock;

	AwsImageBuilder(Function<String, ImagebuilderClient> clients, AwsCredentialsProvider credentials, Clock clock) {
		this.clients = clients;
		this.credentials = credentials;
		this.clock = clock;
	}

	@Override
	public String createDistributionConfiguration(NewDistributionConfiguration configuration) {
		String operation = "CreateDistributionConfiguration";
		List<Distribution> distributions = distributions(operation, configuration);
		var response = call(operation, configuration.region(),
				(client) -> client.createDistributionConfiguration((request) -> request.name(configuration.name())
					.distributions(distributions)
					.clientToken(configuration.clientToken())));
		return requireArn(operation, response, response.distributionConfigurationArn(), DISTRIBUTION_CONFIGURATION_ARN,
				configuration.region());
	}

	@Override
	public boolean hasDistributionConfiguration(String distributionConfigurationArn,
			NewDistributionConfiguration configuration) {
		String operation = "GetDistributionConfiguration";
		var response = call(operation, configuration.region(), (client) -> client.getDistributionConfiguration(
				(request) -> request.distributionConfigurationArn(distributionConfigurationArn)));
		DistributionConfiguration shown = require(operation, response, response.distributionConfiguration());
		return distributionConfigurationArn.equals(shown.arn()) && configuration.name().equals(shown.name())
				&& Distributions.contain(shown.distributions(), configuration.distributions());
	}

	@Override
	public String createImage(NewImage image) {
		String operation = "CreateImage";
		var response = call(operation, image.region(),
				(client) -> client.createImage((request) -> request.imageRecipeArn(image.imageRecipeArn())
					.infrastructureConfigurationArn(image.infrastructureConfigurationArn())
					.distributionConfigurationArn(image.distributionConfigurationArn())
					.clientToken(image.clientToken())));
		return requireArn(operation, response, response.imageBuildVersionArn(), IMAGE_BUILD_VERSION_ARN,
				image.region());
	}

	@Override
	public Image getImage(String imageBuildVersionArn) {
		String operation = "GetImage";
		var response = call(operation, Arn.parse(imageBuildVersionArn).region(),
				(client) -> client.getImage((request) -> request.imageBuildVersionArn(imageBuildVersionArn)));
		var shown = require(operation, response, response.image());
		if (shown.arn() != null && !shown.arn().equals(imageBuildVersionArn)) {
			throw unusable(operation, response, "The answer shows another image: " + shown.arn());
		}
		ImageState state = Objects.requireNonNullElse(shown.state(), ImageState.builder().build());
		OutputResources outputs = Objects.requireNonNullElse(shown.outputResources(),
				OutputResources.builder().build());
		return new Image(AwsText.cleanOrNull(state.statusAsString()), AwsText.cleanOrNull(state.reason()),
				amis(outputs), containers(outputs));
	}

	@Override
	public void cancelImageCreation(String imageBuildVersionArn, String clientToken) {
		String operation = "CancelImageCreation";
		var response = call(operation, Arn.parse(imageBuildVersionArn).region(), (client) -> client.cancelImageCreation(
				(request) -> request.imageBuildVersionArn(imageBuildVersionArn).clientToken(clientToken)));
		requireSame(operation, response, response.imageBuildVersionArn(), imageBuildVersionArn);
	}

	@Override
	public void retryImage(String imageBuildVersionArn, String clientToken) {
		String operation = "RetryImage";
		var response = call(operation, Arn.parse(imageBuildVersionArn).region(), (client) -> client
			.retryImage((request) -> request.imageBuildVersionArn(imageBuildVersionArn).clientToken(clientToken)));
		requireSame(operation, response, response.imageBuildVersionArn(), imageBuildVersionArn);
	}

	@Override
	public boolean isBuildCompleted(String imageBuildVersionArn) {
		String region = Arn.parse(imageBuildVersionArn).region();
		String page = null;
		for (int pages = 0; pages < MAX_PAGES; pages++) {
			String token = page;
			var response = call("ListWorkflowExecutions", region, (client) -> client.listWorkflowExecutions(
					(request) -> request.imageBuildVersionArn(imageBuildVersionArn).nextToken(token)));
			var executions = response.hasWorkflowExecutions() ? response.workflowExecutions() : null;
			if (require("ListWorkflowExecutions", response, executions).stream()
				.anyMatch(AwsImageBuilder::isCompletedBuild)) {
				return true;
			}
			page = response.nextToken();
			if (page == null) {
				return false;
			}
		}
		return false;
	}

	// There is no operation that finds an image by its distribution configuration.
	@Override
	public Optional<String> findImage(String imageRecipeArn, String distributionConfigurationArn, Instant since,
			Set<String> known, BooleanSupplier mayCall) {
		String region = Arn.parse(imageRecipeArn).region();
		String version = imageVersionArn(imageRecipeArn, Arn.parse(distributionConfigurationArn).account());
		String page = null;
		for (int builds = 0; builds < MAX_BUILDS; builds += BUILDS_ON_A_PAGE) {
			requireTime(mayCall);
			String token = page;
			var response = call("ListImageBuildVersions", region, (client) -> client.listImageBuildVersions(
					(request) -> request.imageVersionArn(version).maxResults(BUILDS_ON_A_PAGE).nextToken(token)));
			var summaries = response.hasImageSummaryList() ? response.imageSummaryList() : null;
			Optional<String> found = require("ListImageBuildVersions", response, summaries).stream()
				.filter((summary) -> isCreatedSince(summary, since))
				.map(ImageSummary::arn)
				.filter((arn) -> arn != null && !known.contains(arn) && IMAGE_BUILD_VERSION_ARN.matcher(arn).matches())
				.filter((arn) -> {
					requireTime(mayCall);
					return distributionConfigurationArn.equals(distributionConfigurationArnOf(arn, region));
				})
				.findFirst();
			if (found.isPresent()) {
				return found;
			}
			page = response.nextToken();
			if (page == null) {
				// What comes next is a call, too.
				requireTime(mayCall);
				return Optional.empty();
			}
		}
		throw new ImageBuilderException("ListImageBuildVersions",
				FailedCall.unusable("The recipe version has more builds than are looked at", null), null);
	}

	private static void requireTime(BooleanSupplier mayCall) {
		if (!mayCall.getAsBoolean()) {
			throw new ImageBuilderException("ListImageBuildVersions",
					FailedCall.unusable("There are more builds than can be looked at in one claim", null), null);
		}
	}

	// That an image is listed and not found says nothing of whose it is: the list is
	// asked for again.
	private @Nullable String distributionConfigurationArnOf(String imageBuildVersionArn, String region) {
		String operation = "GetImage";
		try {
			var response = call(operation, region,
					(client) -> client.getImage((request) -> request.imageBuildVersionArn(imageBuildVersionArn)));
			var configuration = require(operation, response, response.image()).distributionConfiguration();
			return (configuration != null) ? configuration.arn() : null;
		}
		catch (ImageBuilderException ex) {
			throw ex.isNotFound() ? new ImageBuilderException(operation,
					FailedCall.unusable("The image is listed, and not found: " + ex.message(), ex.requestId()), ex)
					: ex;
		}
	}

	// A date that cannot be read speaks neither for nor against an image.
	private static boolean isCreatedSince(ImageSummary summary, Instant since) {
		try {
			return summary.dateCreated() == null
					|| !Instant.parse(summary.dateCreated()).isBefore(since.minus(CLOCK_DIFFERENCE));
		}
		catch (DateTimeException ex) {
			return true;
		}
	}

	// With a wildcard in its version the recipe has no single image version, and of
	// another account's recipe the image is not that account's: then all images of the
	// account and Region are listed.
	private static @Nullable String imageVersionArn(String imageRecipeArn, String account) {
		Arn recipe = Arn.parse(imageRecipeArn);
		return (recipe.version().contains("x") || !recipe.account().equals(account)) ? null
				: imageRecipeArn.replaceFirst(":image-recipe/", ":image/");
	}

	private static boolean isCompletedBuild(WorkflowExecutionMetadata execution) {
		return "BUILD".equals(execution.typeAsString()) && "COMPLETED".equals(execution.statusAsString());
	}

	private static void requireSame(String operation, ImagebuilderResponse response, @Nullable String shown,
			String asked) {
		if (!asked.equals(require(operation, response, shown))) {
			throw unusable(operation, response, "The answer is about another image: " + shown);
		}
	}

	private static List<Ami> amis(OutputResources outputs) {
		return outputs.amis()
			.stream()
			.filter(Objects::nonNull)
			.map((ami) -> new Ami(AwsText.cleanOrNull(ami.region()), AwsText.cleanOrNull(ami.accountId()),
					AwsText.cleanOrNull(ami.image()), AwsText.cleanOrNull(ami.name())))
			.sorted(BY_PLACE)
			.toList();
	}

	private static List<Container> containers(OutputResources outputs) {
		return outputs.containers()
			.stream()
			.filter(Objects::nonNull)
			.map((container) -> new Container(AwsText.cleanOrNull(container.region()),
					container.imageUris().stream().filter(Objects::nonNull).map(AwsText::clean).toList()))
			.toList();
	}

	// Nothing was sent: the request is at fault, and will be.
	private static List<Distribution> distributions(String operation, NewDistributionConfiguration configuration) {
		try {
			return Distributions.toSdk(configuration.distributions());
		}
		catch (JacksonException ex) {
			throw new ImageBuilderException(operation,
					FailedCall.unsendable("The distributions cannot be sent: " + ex.getOriginalMessage()), ex);
		}
	}

	private <R extends ImagebuilderResponse> R call(String operation, String region,
			Function<ImagebuilderClient, R> call) {
		requireCredentials(operation);
		try {
			R response = call.apply(this.clients.apply(region));
			int status = response.sdkHttpResponse().statusCode();
			if (status != 200) {
				throw unusable(operation, response, "The answer has HTTP status %d instead of 200".formatted(status));
			}
			return response;
		}
		catch (AwsServiceException ex) {
			throw new ImageBuilderException(operation, answer(operation, ex), ex);
		}
		catch (ApiCallAttemptTimeoutException | ApiCallTimeoutException ex) {
			throw new ImageBuilderException(operation, FailedCall.timedOut(String.valueOf(ex.getMessage())), ex);
		}
		catch (SdkException ex) {
			throw new ImageBuilderException(operation, FailedCall.unusable(noAnswer(ex), null), ex);
		}
	}

	// The SDK's own message says that there was none, and its cause says why.
	private static String noAnswer(SdkException ex) {
		Throwable cause = NestedExceptionUtils.getMostSpecificCause(ex);
		return "No usable answer (%s: %s)".formatted(cause.getClass().getSimpleName(), cause.getMessage());
	}

	// Asked for beforehand, because the SDK tells a call that was never sent from one
	// that broke off by its message only. The chain caches what it finds.
	private void requireCredentials(String operation) {
		try {
			this.credentials.resolveCredentials();
		}
		catch (RuntimeException ex) {
			throw new ImageBuilderException(operation, FailedCall.notSent("No AWS credentials: " + ex.getMessage()),
					ex);
		}
	}

	private FailedCall answer(String operation, AwsServiceException ex) {
		int status = ex.statusCode();
		AwsErrorDetails details = ex.awsErrorDetails();
		String code = (details != null) ? AwsText.blankToNull(details.errorCode()) : null;
		String message = (details != null) ? details.errorMessage() : null;
		if (message == null) {
			message = "HTTP status %d%s and no message".formatted(status,
					(code != null) ? "" : " without an AWS error code");
		}
		return new FailedCall(ErrorCodes.verdict(operation, status, code, ex.isThrottlingException()), message,
				new Reply(code, AwsText.cleanOrNull(ex.requestId()), retryAfter(details)));
	}

	private @Nullable Duration retryAfter(@Nullable AwsErrorDetails details) {
		return Optional.ofNullable(details)
			.map(AwsErrorDetails::sdkHttpResponse)
			.flatMap((response) -> response.firstMatchingHeader("Retry-After")
				.map((value) -> parseRetryAfter(value, response)))
			.orElse(null);
	}

	private @Nullable Duration parseRetryAfter(String value, SdkHttpResponse response) {
		try {
			return Duration.ofSeconds(Long.parseLong(value.strip()));
		}
		catch (NumberFormatException ex) {
			return parseRetryDate(value.strip(), response);
		}
	}

	// By the clock of whoever wrote it: ours may be off.
	private @Nullable Duration parseRetryDate(String value, SdkHttpResponse response) {
		try {
			Instant now = response.firstMatchingHeader("Date")
				.map(AwsImageBuilder::parseDate)
				.orElseGet(this.clock::instant);
			return Duration.between(now, parseDate(value));
		}
		catch (DateTimeException ex) {
			return null;
		}
	}

	private static Instant parseDate(String value) {
		return ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
	}

	private static String requireArn(String operation, ImagebuilderResponse response, @Nullable String arn,
			Pattern pattern, String region) {
		String present = require(operation, response, arn);
		if (!pattern.matcher(present).matches() || !Arn.parse(present).region().equals(region)) {
			throw unusable(operation, response, "The answer has an ARN that cannot be right: " + present);
		}
		return present;
	}

	private static <T> T require(String operation, ImagebuilderResponse response, @Nullable T member) {
		if (member == null) {
			throw unusable(operation, response, "The answer has HTTP status 200 but not the expected member");
		}
		return member;
	}

	private static ImageBuilderException unusable(String operation, ImagebuilderResponse response, String message) {
		SdkHttpResponse http = response.sdkHttpResponse();
		String requestId = http.firstMatchingHeader("x-amzn-RequestId").map(AwsText::clean).orElse(null);
		return new ImageBuilderException(operation, FailedCall.unusable(message, requestId), null);
	}

}
