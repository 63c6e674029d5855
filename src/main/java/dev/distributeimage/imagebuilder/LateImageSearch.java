package dev.distributeimage.imagebuilder;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

import dev.distributeimage.aws.Arn;
import dev.distributeimage.aws.Place;
import dev.distributeimage.imagebuilder.PagedSearch.Page;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.imagebuilder.model.GetImageResponse;
import software.amazon.awssdk.services.imagebuilder.model.ImageSummary;
import software.amazon.awssdk.services.imagebuilder.model.ListImageBuildVersionsResponse;

/**
 * Searches the builds of a recipe for one that uses a distribution configuration. AWS has
 * no operation for this.
 */
final class LateImageSearch {

	/**
	 * Page size. AWS returns up to 25 builds, each with all its AMIs, which may exceed
	 * the size limit of a response.
	 */
	private static final int BUILDS_ON_A_PAGE = 5;

	/** Limit for a list of builds: 1,000 of them. */
	private static final int MAX_PAGES = 200;

	/** Tolerance for an AWS clock that is behind the database's. */
	private static final Duration CLOCK_DIFFERENCE = Duration.ofMinutes(5);

	private final AwsCalls calls;

	private final PagedSearch search;

	LateImageSearch(AwsCalls calls, BooleanSupplier mayCall) {
		this.calls = calls;
		this.search = new PagedSearch("ListImageBuildVersions", MAX_PAGES, mayCall);
	}

	Optional<String> find(String imageRecipeArn, String distributionConfigurationArn, Instant since,
			Set<String> excluded) {
		Place place = Place.of(distributionConfigurationArn);
		String version = imageVersionArn(Arn.parse(imageRecipeArn), place.account());
		Optional<String> found = this.search.find((token) -> {
			Response<ListImageBuildVersionsResponse> list = list(place, version, token);
			return new Page<>(list.require(LateImageSearch::summaries)
				.stream()
				.filter((summary) -> isCreatedSince(summary, since))
				.map(ImageSummary::arn)
				.filter((arn) -> arn != null && !excluded.contains(arn) && ArnForm.IMAGE_BUILD_VERSION.fits(arn)
						&& Place.of(arn).equals(place))
				.filter((arn) -> distributionConfigurationArn.equals(distributionConfigurationArnOf(arn, place)))
				.findFirst(), list.body().nextToken());
		});
		if (found.isEmpty()) {
			// The caller makes another call next.
			this.search.requireTime();
		}
		return found;
	}

	private Response<ListImageBuildVersionsResponse> list(Place place, @Nullable String imageVersionArn,
			@Nullable String token) {
		return this.calls.make("ListImageBuildVersions", place, (client) -> client.listImageBuildVersions(
				(request) -> request.imageVersionArn(imageVersionArn).maxResults(BUILDS_ON_A_PAGE).nextToken(token)));
	}

	private static @Nullable List<ImageSummary> summaries(ListImageBuildVersionsResponse list) {
		return list.hasImageSummaryList() ? list.imageSummaryList() : null;
	}

	// An image that is listed but not found may be the wanted one, so the search fails
	// and is repeated later.
	private @Nullable String distributionConfigurationArnOf(String imageBuildVersionArn, Place place) {
		this.search.requireTime();
		try {
			var configuration = this.calls
				.make("GetImage", place,
						(client) -> client.getImage((request) -> request.imageBuildVersionArn(imageBuildVersionArn)))
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
					|| !Instant.parse(summary.dateCreated()).isBefore(since.minus(CLOCK_DIFFERENCE));
		}
		catch (DateTimeException ex) {
			return true;
		}
	}

	// Null lists all images of the account and Region. A recipe with a wildcard in its
	// version has no single image version, and an image built from another account's
	// recipe does not belong to that account.
	private static @Nullable String imageVersionArn(Arn recipe, String account) {
		return (recipe.version().contains("x") || !recipe.account().equals(account)) ? null
				: recipe.toString().replaceFirst(":image-recipe/", ":image/");
	}

}
