package dev.distributeimage.trace;

import java.util.Collections;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class TraceParentTests {

	private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

	private static final String SENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

	@ParameterizedTest
	@CsvSource({ "00, 01, true", "00, 00, false", "00, 03, true", "00, fe, false", "cc, 01, true" })
	void headerIsTaken(String version, String flags, boolean sampled) {
		assertThat(TraceParent.of(version + SENT.substring(2, 53) + flags))
			.hasValue(new TraceParent(TRACE, "b7ad6b7169203331", sampled));
	}

	@Test
	void laterVersionMaySayMore() {
		assertThat(TraceParent.of("01" + SENT.substring(2) + "-what.the-future=brings"))
			.hasValueSatisfying((trace) -> assertThat(trace).hasToString(SENT));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "00", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
			"00-00000000000000000000000000000000-b7ad6b7169203331-01",
			"00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
			"00-0AF7651916CD43DD8448EB211C80319C-B7AD6B7169203331-01",
			"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
			"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-",
			"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
			"01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01more",
			"01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-m re",
			"00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01",
			"00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333g-01" })
	void otherTextsAreIgnored(String sent) {
		assertThat(TraceParent.of(sent)).isEmpty();
	}

	@Test
	void severalHeadersAreIgnored() {
		assertThat(TraceParent.of(Collections.enumeration(List.of(SENT)))).isPresent();
		assertThat(TraceParent.of(Collections.enumeration(List.of(SENT, SENT)))).isEmpty();
		assertThat(TraceParent.of(Collections.emptyEnumeration())).isEmpty();
	}

}
