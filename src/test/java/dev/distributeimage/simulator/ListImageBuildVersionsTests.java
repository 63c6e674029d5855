package dev.distributeimage.simulator;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.imagebuilder.model.Filter;
import software.amazon.awssdk.services.imagebuilder.model.ImageSummary;
import software.amazon.awssdk.services.imagebuilder.model.InvalidPaginationTokenException;
import software.amazon.awssdk.services.imagebuilder.model.InvalidParameterValueException;
import software.amazon.awssdk.services.imagebuilder.model.ListImageBuildVersionsRequest;
import software.amazon.awssdk.services.imagebuilder.model.ListImageBuildVersionsResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ListImageBuildVersionsTests {

	@AutoClose
	private final Simulator simulator = Simulator.start();

	@AutoClose
	private final SdkCalls calls = SdkCalls.to(this.simulator);

	@Test
	void buildsOfAVersionComeNewestFirst() {
		String first = this.calls.build("web");
		this.calls.build("app");
		String second = this.calls.build("web");
		assertThat(arns((request) -> request.imageVersionArn(SdkCalls.PREFIX + "image/web/1.0.0")))
			.containsExactly(second, first);
	}

	@Test
	void summaryShowsStateOwnerAndTags() {
		this.calls.client()
			.createImage((request) -> request.imageRecipeArn(SdkCalls.PREFIX + "image-recipe/web/1.0.0")
				.infrastructureConfigurationArn(SdkCalls.INFRASTRUCTURE)
				.loggingConfiguration((logging) -> logging.logGroupName("web"))
				.tags(Map.of("run", "7")));
		ImageSummary summary = list((request) -> {
		}).imageSummaryList().get(0);
		assertThat(summary.state().statusAsString()).isEqualTo("PENDING");
		assertThat(summary.owner()).isEqualTo("123456789012");
		assertThat(summary.loggingConfiguration().logGroupName()).isEqualTo("web");
		assertThat(summary.tags()).containsEntry("run", "7");
		assertThat(summary.version()).isEqualTo("1.0.0/1");
	}

	@Test
	void goneImagesAndOtherRegionsAreNotListed() {
		this.simulator.image(this.calls.build("web")).disappears();
		String kept = this.calls.build("web");
		assertThat(arns((request) -> {
		})).containsExactly(kept);
	}

	@Test
	void filtersAreCombined() {
		String web = this.calls.build("web");
		this.calls.build("app");
		assertThat(arns((request) -> request.filters(filter("name", "web", "other")))).containsExactly(web);
		assertThat(arns((request) -> request.filters(filter("name", "web"), filter("type", "DOCKER")))).isEmpty();
		assertThat(arns((request) -> request.filters(filter("version", "1.0.0")))).hasSize(2);
		assertThat(arns((request) -> request.filters(filter("platform", "Windows")))).isEmpty();
		assertThat(arns((request) -> request.filters(filter("osVersion", "Amazon Linux 2023")))).hasSize(2);
	}

	@Test
	void unknownFilterIsRefused() {
		assertThatExceptionOfType(InvalidParameterValueException.class)
			.isThrownBy(() -> list((request) -> request.filters(filter("color", "red"))));
	}

	@Test
	void pagesLeadToEveryBuildOnce() {
		for (int build = 0; build < 30; build++) {
			this.calls.build("web");
		}
		assertThat(list((request) -> {
		}).imageSummaryList()).hasSize(25);
		List<String> found = this.calls.client()
			.listImageBuildVersionsPaginator((request) -> request.maxResults(7))
			.stream()
			.flatMap((page) -> page.imageSummaryList().stream())
			.map(ImageSummary::arn)
			.toList();
		assertThat(found).hasSize(30).doesNotHaveDuplicates();
	}

	@Test
	void pageThatEndsTheListHasNoToken() {
		this.calls.build("web");
		assertThat(list((request) -> request.maxResults(1)).nextToken()).isNull();
	}

	@Test
	void madeUpTokenIsRefused() {
		for (String token : List.of("x", "%", "MDow")) {
			assertThatExceptionOfType(InvalidPaginationTokenException.class)
				.isThrownBy(() -> list((request) -> request.nextToken(token)));
		}
	}

	@Test
	void tokenOfAnotherQueryIsRefused() {
		this.calls.build("web");
		this.calls.build("web");
		String token = list((request) -> request.maxResults(1)).nextToken();
		assertThat(list((request) -> request.nextToken(token)).imageSummaryList()).hasSize(1);
		assertThatExceptionOfType(InvalidPaginationTokenException.class)
			.isThrownBy(() -> list((request) -> request.nextToken(token).filters(filter("name", "web"))));
	}

	@Test
	void tooManyResultsAreRefused() {
		assertThatExceptionOfType(InvalidParameterValueException.class)
			.isThrownBy(() -> list((request) -> request.maxResults(26)));
	}

	private List<String> arns(Consumer<ListImageBuildVersionsRequest.Builder> request) {
		return list(request).imageSummaryList().stream().map(ImageSummary::arn).toList();
	}

	private ListImageBuildVersionsResponse list(Consumer<ListImageBuildVersionsRequest.Builder> request) {
		return this.calls.client().listImageBuildVersions(request);
	}

	private static Filter filter(String name, String... values) {
		return Filter.builder().name(name).values(values).build();
	}

}
