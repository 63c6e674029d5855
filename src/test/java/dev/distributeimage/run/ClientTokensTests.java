package dev.distributeimage.run;

import java.util.UUID;

import org.hibernate.id.uuid.UuidVersion7Strategy;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ClientTokensTests {

	@Test
	void tokenAfterASpentOneIsAlwaysTheSame() {
		assertThat(ClientTokens.after("web-1")).isEqualTo(ClientTokens.after("web-1"))
			.matches("arazzo-distribute-image-[a-z0-9]{12}")
			.isNotEqualTo(ClientTokens.after("web-2"))
			.isNotEqualTo(ClientTokens.after(ClientTokens.after("web-1")));
	}

	@Test
	void tokenOfARetryDependsOnItsNumber() {
		assertThat(ClientTokens.ofRetry("web-1", 1)).isEqualTo(ClientTokens.ofRetry("web-1", 1))
			.isNotEqualTo(ClientTokens.ofRetry("web-1", 2))
			.isNotEqualTo(ClientTokens.after("web-1"));
	}

	@Test
	void idsOfOneTokenAreOfVersion7AndShareTheirSecondHalf() {
		UUID first = id("web-1");
		UUID second = id("web-1");
		assertThat(first).isNotEqualTo(second);
		assertThat(first.version()).isEqualTo(7);
		assertThat(first.variant()).isEqualTo(2);
		assertThat(ClientTokens.haveOneToken(first, second.toString())).isTrue();
		assertThat(ClientTokens.haveOneToken(first, id("web-2").toString())).isFalse();
		assertThat(ClientTokens.haveOneToken(first, second + " ")).isFalse();
		assertThat(ClientTokens.haveOneToken(first, second.toString().substring(18))).isFalse();
	}

	private static UUID id(String token) {
		return ClientTokens.id(UuidVersion7Strategy.INSTANCE.generateUuid(null), token);
	}

}
