package dev.distributeimage.simulator;

import java.net.http.HttpResponse;
import java.time.Duration;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.GetCallerIdentityResponse;

import static org.assertj.core.api.Assertions.assertThat;

class StsTests {

	private static final String FORM = "Action=GetCallerIdentity&Version=2011-06-15";

	@AutoClose
	private final Simulator simulator = Simulator.start(SimulatorSettings.defaults().withAccount("111122223333"));

	private final RawCalls calls = RawCalls.to(this.simulator)
		.authorized("imagebuilder", "sts")
		.with("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");

	@ParameterizedTest
	@CsvSource({ "eu-west-1, aws", "cn-north-1, aws-cn" })
	void sdkIsToldTheAccount(String region, String partition) {
		try (StsClient client = StsClient.builder()
			.endpointOverride(this.simulator.endpoint())
			.region(Region.of(region))
			.credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("id", "secret")))
			.build()) {
			GetCallerIdentityResponse identity = client.getCallerIdentity();
			assertThat(identity.account()).isEqualTo("111122223333");
			assertThat(identity.arn()).startsWith("arn:%s:iam::111122223333:".formatted(partition));
			assertThat(this.simulator.requests()).isEmpty();
		}
	}

	@Test
	void queryIsAsGoodAsAForm() throws Exception {
		assertThat(this.calls.without("Content-Type").send("GET", "/?" + FORM).body())
			.contains("<Account>111122223333</Account>");
	}

	@Test
	void unsignedRequestIs403() throws Exception {
		refused(this.calls.without("Authorization").send("POST", "/", FORM), 403, "MissingAuthenticationToken");
	}

	@Test
	void signatureForAnotherServiceIs403() throws Exception {
		refused(this.calls.authorized("x", "x").send("POST", "/", FORM), 403, "SignatureDoesNotMatch");
	}

	@Test
	void expiredSignatureIs403() throws Exception {
		refused(this.calls.ahead(Duration.ofMinutes(-6)).send("POST", "/", FORM), 403, "SignatureDoesNotMatch");
	}

	@ParameterizedTest
	@CsvSource({ "Action=GetSessionToken&Version=2011-06-15, InvalidAction", "Action=GetCallerIdentity, InvalidAction",
			"Action=GetCallerIdentity&Version=2010-01-01, InvalidAction", "Version=2011-06-15, MissingAction",
			"Action=GetCallerIdentity&Version=2011-06-15&RoleArn=x, ValidationError",
			"Action=%zz&Version=2011-06-15, MalformedQueryString" })
	void otherActionsAre400(String form, String code) throws Exception {
		refused(this.calls.send("POST", "/", form), 400, code);
	}

	private static void refused(HttpResponse<String> response, int status, String code) {
		assertThat(response.statusCode()).isEqualTo(status);
		assertThat(response.headers().firstValue("Content-Type")).contains("text/xml");
		assertThat(response.body()).contains("<ErrorResponse xmlns=", "<Code>%s</Code>".formatted(code));
	}

}
