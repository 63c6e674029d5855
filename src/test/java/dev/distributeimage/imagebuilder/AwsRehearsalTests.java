package dev.distributeimage.imagebuilder;

import java.time.Clock;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThatCode;

/** A rehearsal hides its failures, so they are looked for here. */
class AwsRehearsalTests {

	@Test
	void rehearsalGoesThroughWithoutAws() {
		assertThatCode(() -> new AwsRehearsal(JsonMapper.shared(), Clock.systemUTC()).rehearse(2))
			.doesNotThrowAnyException();
	}

}
