package dev.distributeimage.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import dev.distributeimage.simulator.RecordedRequest.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.imagebuilder.model.AccessDeniedException;
import software.amazon.awssdk.services.imagebuilder.model.Ami;
import software.amazon.awssdk.services.imagebuilder.model.DistributeImageRequest;
import software.amazon.awssdk.services.imagebuilder.model.IdempotentParameterMismatchException;
import software.amazon.awssdk.services.imagebuilder.model.Image;
import software.amazon.awssdk.services.imagebuilder.model.InvalidParameterValueException;
import software.amazon.awssdk.services.imagebuilder.model.InvalidRequestException;
import software.amazon.awssdk.services.imagebuilder.model.ResourceNotFoundException;
import software.amazon.awssdk.services.imagebuilder.model.ServiceQuotaExceededException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class DistributeImageTests extends SteppedSimulatorTest {

	private static final String AMI = "ami-0123456789abcdef0";

	@Test
	void imageIsDistributedWithoutABuild() {
		String arn = distribute(AMI);
		assertThat(arn).isEqualTo(SdkCalls.PREFIX + "image/web/1.0.0/1");
		List<String> seen = new ArrayList<>();
		for (int step = 0; step < 4; step++) {
			seen.add(this.calls.status(arn));
			this.clock.advance(STEP);
		}
		assertThat(seen).containsExactly("PENDING", "DISTRIBUTING", "INTEGRATING", "AVAILABLE");
		assertThat(this.calls.image(arn).outputResources().amis()).extracting(Ami::region)
			.containsExactly("eu-west-1", "us-east-1");
		assertThat(this.calls.client()
			.listWorkflowExecutions((request) -> request.imageBuildVersionArn(arn))
			.workflowExecutions()).singleElement().extracting("type").hasToString("DISTRIBUTION");
	}

	@Test
	void documentShowsWhatWasAskedFor() {
		String arn = distribute((request) -> request.tags(Map.of("run", "7"))
			.loggingConfiguration((logging) -> logging.logGroupName("/aws/imagebuilder/web")));
		Image image = this.calls.image(arn);
		assertThat(image.executionRole()).isEqualTo("distributor");
		assertThat(image.tags()).containsOnly(Map.entry("run", "7"));
		assertThat(image.loggingConfiguration().logGroupName()).isEqualTo("/aws/imagebuilder/web");
		assertThat(image.distributionConfiguration().name()).isEqualTo("web");
		assertThat(image.imageRecipe()).isNull();
		assertThat(image.infrastructureConfiguration()).isNull();
		assertThat(this.simulator.image(arn).recipeArn()).isEmpty();
	}

	@Test
	void configurationOfAnotherAccountIsRefused() {
		String configuration = configuration();
		this.simulator.change((settings) -> settings.withAccount("999999999999"));
		assertThatExceptionOfType(AccessDeniedException.class)
			.isThrownBy(() -> distribute((request) -> request.distributionConfigurationArn(configuration)));
		assertThat(this.simulator.builds()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "ami-01234567", "ssm:/images/web", "ssm:web_1.x",
			"ssm:arn:aws:ssm:eu-west-1:123456789012:parameter/images/web",
			"arn:aws:imagebuilder:eu-west-1:aws:image/amazon-linux-2023-x86/x.x.x" })
	void sourceIsTaken(String source) {
		assertThat(distribute(source)).endsWith("/1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "ami-1", "AMI-01234567", "web", "ssm:", "ssm:a b", "arn:aws", "arn:aws:imagebuilder:x",
			"arn:aws:imagebuilder:us-east-1:aws:image/web/1.0.0", "arn:aws:imagebuilder:eu-west-1:aws:image/web" })
	void sourceIsRefused(String source) {
		assertThatExceptionOfType(InvalidParameterValueException.class).isThrownBy(() -> distribute(source))
			.withMessageContaining("sourceImage");
	}

	@Test
	void sourceMayBeAnAvailableImage() {
		String source = this.calls.build("base");
		assertThatExceptionOfType(InvalidRequestException.class).isThrownBy(() -> distribute(source));
		this.clock.advance(STEP.multipliedBy(6));
		assertThat(distribute(source)).endsWith("/1");
		assertThat(distribute(SdkCalls.PREFIX + "image/base/1.x.x")).endsWith("/2");
	}

	@Test
	void unknownImageOrConfigurationIs404() {
		assertThatExceptionOfType(ResourceNotFoundException.class)
			.isThrownBy(() -> distribute(SdkCalls.PREFIX + "image/base/1.0.0/1"));
		String unknown = SdkCalls.PREFIX + "distribution-configuration/unknown";
		assertThatExceptionOfType(ResourceNotFoundException.class)
			.isThrownBy(() -> distribute((request) -> request.distributionConfigurationArn(unknown)));
	}

	@Test
	void replayDistributesNothing() {
		String arn = distribute((request) -> request.clientToken("t"));
		assertThat(distribute((request) -> request.clientToken("t"))).isEqualTo(arn);
		assertThatExceptionOfType(IdempotentParameterMismatchException.class)
			.isThrownBy(() -> distribute((request) -> request.clientToken("t").sourceImage("ami-01234567")));
		assertThat(this.simulator.requests(Operation.DISTRIBUTE_IMAGE)).extracting(RecordedRequest::outcome)
			.containsExactly(Outcome.COMMITTED, Outcome.REPLAYED, Outcome.REFUSED);
		assertThat(this.simulator.builds()).isEqualTo(1);
	}

	@Test
	void distributionOverTheQuotaIs402() {
		this.simulator.change((settings) -> settings.withConcurrentBuilds(1));
		distribute(AMI);
		assertThatExceptionOfType(ServiceQuotaExceededException.class).isThrownBy(() -> distribute(AMI));
	}

	@ParameterizedTest
	@CsvSource({ "fail-distribution, DISTRIBUTING", "fail-integration, INTEGRATING" })
	void failedDistributionIsRetried(String ending, String before) {
		this.simulator.nextImage(NamedEndings.get(ending));
		String arn = distribute(AMI);
		this.clock.advance(STEP.multipliedBy(9));
		assertThat(this.calls.status(arn)).isEqualTo("FAILED");
		List<Phase> past = this.simulator.image(arn).timeline().phases();
		assertThat(past.get(past.size() - 2).showing().status()).isEqualTo(before);
		this.calls.client().retryImage((request) -> request.imageBuildVersionArn(arn));
		assertThat(this.calls.status(arn)).isEqualTo("DISTRIBUTING");
		this.clock.advance(STEP.multipliedBy(2));
		assertThat(this.calls.status(arn)).isEqualTo("AVAILABLE");
	}

	private String distribute(String source) {
		return distribute((request) -> request.sourceImage(source));
	}

	private String distribute(Consumer<DistributeImageRequest.Builder> change) {
		return this.calls.client().distributeImage(request(AMI).andThen(change)).imageBuildVersionArn();
	}

	private Consumer<DistributeImageRequest.Builder> request(String source) {
		String configuration = configuration();
		return (request) -> request.sourceImage(source)
			.distributionConfigurationArn(configuration)
			.executionRole("distributor");
	}

	private String configuration() {
		if (this.simulator.distributionConfigurations() == 0) {
			this.calls.createDistribution("web", SdkCalls.amisIn("eu-west-1", "us-east-1"));
		}
		return SdkCalls.PREFIX + "distribution-configuration/web";
	}

}
