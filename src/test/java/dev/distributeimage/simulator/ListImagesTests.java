package dev.distributeimage.simulator;

import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.imagebuilder.model.Filter;
import software.amazon.awssdk.services.imagebuilder.model.ImageVersion;

import static org.assertj.core.api.Assertions.assertThat;

class ListImagesTests extends SteppedSimulatorTest {

	@Test
	void everyVersionIsListedOnce() {
		this.calls.build("web");
		this.calls.build("app");
		this.calls.build("web");
		assertThat(this.calls.client().listImages((request) -> request.maxResults(25)).imageVersionList())
			.extracting(ImageVersion::arn)
			.containsExactly(SdkCalls.PREFIX + "image/web/1.0.0", SdkCalls.PREFIX + "image/app/1.0.0");
	}

	@Test
	void versionIsDescribed() {
		this.calls.build("web");
		ImageVersion version = this.calls.client()
			.listImages((request) -> request.maxResults(25))
			.imageVersionList()
			.get(0);
		assertThat(version.version()).isEqualTo("1.0.0");
		assertThat(version.typeAsString()).isEqualTo("AMI");
		assertThat(version.owner()).isEqualTo("123456789012");
	}

	@Test
	void listIsFilteredAndPaged() {
		this.calls.build("web");
		this.calls.build("app");
		assertThat(this.calls.client()
			.listImages((request) -> request.filters(Filter.builder().name("name").values("app").build()))
			.imageVersionList()).hasSize(1);
		assertThat(this.calls.client().listImages((request) -> request.owner("Amazon")).imageVersionList()).isEmpty();
		assertThat(this.calls.client()
			.listImagesPaginator((request) -> request.maxResults(1))
			.stream()
			.mapToInt((page) -> page.imageVersionList().size())).containsExactly(1, 1);
	}

}
