package dev.distributeimage.page;

import java.net.http.HttpResponse;

import dev.distributeimage.api.ApiTest;
import dev.distributeimage.api.Requests;
import dev.distributeimage.provider.Moods.Mood;
import dev.distributeimage.provider.SecuredPageTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests sign-ins that the provider lets begin, and not end. */
@ApiTest
@ExtendWith(OutputCaptureExtension.class)
// As in IsolatedPageTests, so that they share a context.
@TestPropertySource(properties = { "distribute-image.security.isolate=true", Requests.POLICY })
class FailingProviderTests implements SecuredPageTest {

	@AfterEach
	void providerIsWell() {
		PROVIDER.moods().becomeForTokens(Mood.WELL);
	}

	@ParameterizedTest
	@EnumSource(value = Mood.class, names = { "BROKEN", "HANGING", "DRIPPING", "ENDLESS", "CHATTING" })
	void failureIsToldToTheOperatorInALine(Mood mood, @LocalServerPort int port, CapturedOutput output) {
		PROVIDER.moods().becomeForTokens(mood);
		Visitor visitor = new Visitor(port);
		HttpResponse<String> answer = visitor.signIn("/runs");
		assertThat(answer.statusCode()).isEqualTo(401);
		assertThat(answer.body()).contains("Signing in did not work.");
		assertThat(output.getOut().lines().filter((line) -> line.contains("A sign-in to the page failed: ")))
			.singleElement()
			.asString()
			.contains(" WARN ", "invalid_token_response")
			.hasSizeLessThan(1000);
		assertThat(output.getAll()).doesNotContain("\tat ", "xxxxxxxx");
		PROVIDER.moods().becomeForTokens(Mood.WELL);
		assertThat(visitor.signIn("/runs").statusCode()).isEqualTo(200);
	}

}
