package dev.distributeimage.simulator;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.imagebuilder.model.InvalidParameterException;
import software.amazon.awssdk.services.imagebuilder.model.InvalidParameterValueException;
import software.amazon.awssdk.services.imagebuilder.model.ResourceNotFoundException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class TagsTests extends SteppedSimulatorTest {

	private final ResourceCalls resources = new ResourceCalls(this.calls);

	@ParameterizedTest
	@EnumSource(Kind.class)
	void tagsComeAndGo(Kind kind) {
		String arn = this.resources.create(kind, "web");
		add(arn, Map.of("team", "x", "a b/c", "y", "run", "7"));
		add(arn, Map.of("team", "z"));
		remove(arn, "run", "a b/c", "never");
		assertThat(tags(arn)).containsOnly(Map.entry("team", "z"));
		assertThat(this.resources.shown(kind, arn)).contains("Tags={team=z}");
	}

	@Test
	void tagsOfAnImageAreShownWithIt() {
		String arn = this.calls.build("web");
		add(arn, Map.of("team", "x", "run", "7"));
		remove(arn, "run");
		assertThat(tags(arn)).containsOnly(Map.entry("team", "x"));
		assertThat(this.calls.image(arn).tags()).containsOnly(Map.entry("team", "x"));
	}

	@Test
	void tagsDoNotReachTheConfigurationOfAnImage() {
		String distribution = this.resources.create(Kind.DISTRIBUTION_CONFIGURATION, "web");
		String image = this.calls.build("web", distribution);
		add(distribution, Map.of("team", "x"));
		assertThat(this.calls.image(image).distributionConfiguration().tags()).isEmpty();
	}

	@Test
	void moreThanFiftyAreRefused() {
		String arn = this.calls.build("web");
		add(arn, IntStream.range(0, 50).boxed().collect(Collectors.toMap((number) -> "k" + number, String::valueOf)));
		add(arn, Map.of("k0", "changed"));
		assertThatExceptionOfType(InvalidParameterException.class).isThrownBy(() -> add(arn, Map.of("k50", "v")));
		assertThat(tags(arn)).hasSize(50).containsEntry("k0", "changed");
	}

	@Test
	void unknownResourceIs404() {
		String arn = SdkCalls.PREFIX + "image/web/1.0.0/1";
		assertThatExceptionOfType(ResourceNotFoundException.class).isThrownBy(() -> tags(arn));
		assertThatExceptionOfType(ResourceNotFoundException.class).isThrownBy(() -> add(arn, Map.of("a", "b")));
		assertThatExceptionOfType(ResourceNotFoundException.class).isThrownBy(() -> remove(arn, "a"));
	}

	@Test
	void tagOfAwsIsRefused() {
		String arn = this.calls.build("web");
		assertThatExceptionOfType(InvalidParameterValueException.class)
			.isThrownBy(() -> add(arn, Map.of("aws:team", "x")));
		assertThatExceptionOfType(InvalidParameterValueException.class).isThrownBy(() -> remove(arn, "aws:team"))
			.withMessageContaining("tagKeys[0]");
	}

	private Map<String, String> tags(String arn) {
		return this.calls.client().listTagsForResource((request) -> request.resourceArn(arn)).tags();
	}

	private void add(String arn, Map<String, String> tags) {
		this.calls.client().tagResource((request) -> request.resourceArn(arn).tags(tags));
	}

	private void remove(String arn, String... keys) {
		this.calls.client().untagResource((request) -> request.resourceArn(arn).tagKeys(keys));
	}

}
