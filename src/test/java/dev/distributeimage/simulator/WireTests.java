package dev.distributeimage.simulator;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.stream.Stream;

import dev.distributeimage.simulator.RecordedRequest.Outcome;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

class WireTests {

	private static final String INVALID_VALUE = "InvalidParameterValueException";

	private static final String INVALID_REQUEST = "InvalidRequestException";

	private static final String DISTRIBUTION = """
			{"name": "web", "clientToken": "t", "distributions": [{"region": "eu-west-1", %s}]}""";

	private static final String IMAGE = """
			{"clientToken": "t", "imageRecipeArn": "arn:aws:imagebuilder:eu-west-1:123456789012:image-recipe/web/1.0.0",
			"infrastructureConfigurationArn":
			"arn:aws:imagebuilder:eu-west-1:123456789012:infrastructure-configuration/small" %s}""";

	@AutoClose
	private final Simulator simulator = Simulator.start();

	private final RawCalls calls = RawCalls.to(this.simulator);

	@ParameterizedTest
	@CsvSource({ "POST, /CreateImage", "GET, /CreateImage", "PUT, /GetImage", "PUT, /CreateImage/", "PUT, /createimage",
			"PUT, /Create%49mage", "PUT, /ImportVmImage", "GET, /", "GET, /__simulators" })
	void unknownOperationIs404(String method, String target) throws Exception {
		HttpResponse<String> response = this.calls.send(method, target);
		assertThat(response.statusCode()).isEqualTo(404);
		assertThat(RawCalls.code(response)).isEqualTo("UnknownOperationException");
	}

	@Test
	void missingAuthorizationIs403() throws Exception {
		HttpResponse<String> response = this.calls.without("Authorization").send("PUT", "/CreateImage", "{}");
		assertThat(response.statusCode()).isEqualTo(403);
		assertThat(RawCalls.code(response)).isEqualTo("MissingAuthenticationTokenException");
	}

	@Test
	void missingAuthorizationIsOfTheUnsignedRegion() throws Exception {
		this.simulator.change((settings) -> settings.withUnsignedRegion("eu-west-1"));
		HttpResponse<String> response = this.calls.without("Authorization").send("PUT", "/CreateImage", "{}");
		assertThat(response.statusCode()).isEqualTo(400);
		assertThat(this.simulator.requests()).last().extracting(RecordedRequest::region).isEqualTo("eu-west-1");
	}

	@Test
	void missingDateIs403() throws Exception {
		HttpResponse<String> response = this.calls.without("X-Amz-Date").send("PUT", "/CreateImage", "{}");
		assertThat(response.statusCode()).isEqualTo(403);
		assertThat(RawCalls.code(response)).isEqualTo("IncompleteSignature");
	}

	@ParameterizedTest
	@CsvSource({ "-PT6M, expired", "PT6M, not yet current" })
	void clockThatIsFarOffIs403(Duration ahead, String message) throws Exception {
		HttpResponse<String> response = this.calls.ahead(ahead).send("PUT", "/CreateImage", "{}");
		assertThat(response.statusCode()).isEqualTo(403);
		assertThat(RawCalls.code(response)).isEqualTo("InvalidSignatureException");
		assertThat(Json.read(response.body()).required("message").asString()).startsWith("Signature " + message);
	}

	@ParameterizedTest
	@ValueSource(strings = { "-PT4M", "PT4M" })
	void clockThatIsLittleOffIsAccepted(Duration ahead) throws Exception {
		assertThat(this.calls.ahead(ahead).send("PUT", "/CreateImage", IMAGE.formatted("")).statusCode())
			.isEqualTo(200);
	}

	@ParameterizedTest
	@CsvSource({ "AWS4-HMAC-SHA256 , Basic , IncompleteSignature", "/20260903, '', IncompleteSignature",
			"aws4_request, aws5_request, IncompleteSignature", "Signature=0a, Signature=, IncompleteSignature",
			"host;, '', InvalidSignatureException", "/imagebuilder/, /ec2/, InvalidSignatureException" })
	void badAuthorizationIs403(String part, String other, String code) throws Exception {
		HttpResponse<String> response = this.calls.authorized(part, other).send("PUT", "/CreateImage", "{}");
		assertThat(response.statusCode()).isEqualTo(403);
		assertThat(RawCalls.code(response)).isEqualTo(code);
	}

	@Test
	void errorCarriesTypeMessageAndRequestId() throws Exception {
		HttpResponse<String> response = this.calls.send("PUT", "/CreateImage", "{}");
		assertThat(response.statusCode()).isEqualTo(400);
		assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
		assertThat(response.headers().firstValue("x-amzn-RequestId")).isPresent();
		assertThat(RawCalls.code(response)).isEqualTo(INVALID_VALUE);
		assertThat(Json.read(response.body()).required("message").asString()).contains("clientToken");
	}

	@Test
	void successCarriesItsRequestIdTwice() throws Exception {
		HttpResponse<String> response = this.calls.send("PUT", "/CreateImage", IMAGE.formatted(""));
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.headers().firstValue("x-amzn-RequestId"))
			.hasValue(Json.read(response.body()).required("requestId").asString());
	}

	@Test
	void otherContentTypeIs415() throws Exception {
		HttpResponse<String> response = this.calls.with("Content-Type", "text/plain").send("PUT", "/CreateImage", "{}");
		assertThat(response.statusCode()).isEqualTo(415);
	}

	@ParameterizedTest
	@MethodSource
	void badCreateImageIsRefused(String body, String code, String mentioned) throws Exception {
		assertRefused(this.calls.send("PUT", "/CreateImage", body), code, mentioned);
		assertThat(this.simulator.builds()).isZero();
		assertThat(this.simulator.requests()).extracting(RecordedRequest::outcome).containsExactly(Outcome.REFUSED);
	}

	static Stream<Arguments> badCreateImageIsRefused() {
		return Stream.of(arguments("{", INVALID_REQUEST, "JSON"), arguments("[]", INVALID_REQUEST, "object"),
				arguments("{} x", INVALID_REQUEST, "JSON"), arguments("x", INVALID_REQUEST, "JSON"),
				arguments(IMAGE.formatted(", \"clientToken\": \"u\""), INVALID_REQUEST, "JSON"),
				arguments(IMAGE.formatted(", \"color\": \"red\""), INVALID_VALUE, "color"),
				arguments(IMAGE.formatted("").replace("\"t\"", "7"), INVALID_VALUE, "clientToken"),
				arguments(IMAGE.formatted("").replace("\"t\"", "\"\""), INVALID_VALUE, "clientToken"),
				arguments(IMAGE.formatted("").replace("\"t\"", "null"), INVALID_VALUE, "clientToken"),
				arguments(IMAGE.formatted("").replace("\"t\"", '"' + "t".repeat(65) + '"'), INVALID_VALUE,
						"clientToken"),
				arguments(IMAGE.formatted("").replace("/1.0.0", "/1.0"), INVALID_VALUE, "imageRecipeArn"),
				arguments(IMAGE.formatted("").replace("/1.0.0", "/1.0.0\\n"), INVALID_VALUE, "imageRecipeArn"),
				arguments(IMAGE.formatted("").replace("/web/", "/Web/"), INVALID_VALUE, "imageRecipeArn"),
				arguments(IMAGE.formatted("").replace("/1.0.0", "/1.0.1073741824"), INVALID_VALUE, "imageRecipeArn"),
				arguments(IMAGE.formatted("").replace("eu-west-1", "eu-west-2"), INVALID_VALUE, "Region"),
				arguments(IMAGE.formatted("").replace("arn:aws:", "arn:aws-cn:"), INVALID_VALUE, "Region"),
				arguments(IMAGE.formatted(", \"tags\": {}"), INVALID_VALUE, "tags"),
				arguments(IMAGE.formatted(", \"tags\": {\"aws:x\": \"y\"}"), INVALID_VALUE, "tags.key"),
				arguments(IMAGE.formatted(", \"enhancedImageMetadataEnabled\": \"true\""), INVALID_VALUE, "Enabled"),
				arguments(IMAGE.formatted(", \"imageTestsConfiguration\": {\"timeoutMinutes\": 59}"), INVALID_VALUE,
						"imageTestsConfiguration.timeoutMinutes"),
				arguments(IMAGE.formatted(", \"imageTestsConfiguration\": {\"timeoutMinutes\": 60.5}"), INVALID_VALUE,
						"imageTestsConfiguration.timeoutMinutes"));
	}

	@ParameterizedTest
	@MethodSource
	void badDistributionIsRefused(String output, String mentioned) throws Exception {
		assertRefused(this.calls.send("PUT", "/CreateDistributionConfiguration", DISTRIBUTION.formatted(output)),
				INVALID_VALUE, mentioned);
		assertThat(this.simulator.distributionConfigurations()).isZero();
	}

	static Stream<Arguments> badDistributionIsRefused() {
		String ami = "\"amiDistributionConfiguration\": ";
		return Stream.of(arguments("\"s3ExportConfiguration\": null", "distributions[0]"),
				arguments(ami + "{\"targetAccountIds\": []}",
						"distributions[0].amiDistributionConfiguration.targetAccountIds"),
				arguments(ami + "{\"targetAccountIds\": [\"12345678901\"]}", "targetAccountIds[0]"),
				arguments(ami + "{\"targetAccountIds\": [123456789012]}", "targetAccountIds[0]"),
				arguments(ami + "{\"targetAccountIds\": \"123456789012\"}", "targetAccountIds"),
				arguments(ami + "{\"name\": \"web\"}", "amiDistributionConfiguration.name"),
				arguments(ami + "{\"name\": \"web/{{ imagebuilder:buildDate }}\"}", "name"),
				arguments(ami + "{\"description\": \"\"}", "description"), arguments(ami + "[]", "object"),
				arguments(ami + "{}}, {\"region\": \"eu-west-1\", " + ami + "{}", "distributions[1].region"),
				arguments("\"licenseConfigurationArns\": []", "licenseConfigurationArns"),
				arguments("\"containerDistributionConfiguration\": {}", "targetRepository"),
				arguments(
						"\"containerDistributionConfiguration\": "
								+ "{\"targetRepository\": {\"service\": \"GCR\", \"repositoryName\": \"r\"}}",
						"service"));
	}

	@ParameterizedTest
	@CsvSource({ "true, 412, 0", "false, 200, 1" })
	void dryRunCreatesNothing(boolean dry, int status, int made) throws Exception {
		String body = DISTRIBUTION.formatted("\"amiDistributionConfiguration\": {}");
		HttpResponse<String> response = this.calls.send("PUT", "/CreateDistributionConfiguration",
				body.replace("\"t\"", "\"t\", \"dryRun\": " + dry));
		assertThat(response.statusCode()).isEqualTo(status);
		assertThat(RawCalls.code(response)).isEqualTo(dry ? "DryRunOperationException" : "");
		assertThat(this.simulator.distributionConfigurations()).isEqualTo(made);
	}

	@Test
	void dryRunOfARefusedRequestIsRefused() throws Exception {
		String body = DISTRIBUTION.formatted("\"amiDistributionConfiguration\": {\"name\": \"x\"}");
		assertRefused(this.calls.send("PUT", "/CreateDistributionConfiguration",
				body.replace("\"t\"", "\"t\", \"dryRun\": true")), INVALID_VALUE, "name");
	}

	@Test
	void noDistributionIsRefused() throws Exception {
		String body = "{\"name\": \"web\", \"clientToken\": \"t\", \"distributions\": []}";
		assertRefused(this.calls.send("PUT", "/CreateDistributionConfiguration", body), INVALID_VALUE, "distributions");
	}

	@ParameterizedTest
	@CsvSource({ "ab", "' abc'", "'abc '", "a.bc" })
	void badNameIsRefused(String name) throws Exception {
		String body = DISTRIBUTION.replace("web", name).formatted("\"amiDistributionConfiguration\": {}");
		assertRefused(this.calls.send("PUT", "/CreateDistributionConfiguration", body), INVALID_VALUE, "'name'");
	}

	@ParameterizedTest
	@CsvSource({ "'?imageBuildVersionArn=arn:aws:imagebuilder:eu-west-1:123456789012:image/web/1.0.0/1', " //
			+ INVALID_REQUEST, "?imageBuildVersionArn, " + INVALID_REQUEST,
			"?imageBuildVersionArn=a+b, " //
					+ INVALID_REQUEST,
			"?imageBuildVersionArn=a&imageBuildVersionArn=b, " + INVALID_REQUEST,
			"?imageBuildVersionArn=arn%3Aaws, " + INVALID_VALUE, "?imageBuildVersionArn=, " + INVALID_VALUE,
			"'', " + INVALID_VALUE, "?, " + INVALID_VALUE, "?arn=a, " + INVALID_VALUE })
	void badQueryIsRefused(String query, String code) throws Exception {
		assertRefused(this.calls.send("GET", "/GetImage" + query), code, "");
	}

	@Test
	void parameterOfTheQueryInTheBodyIsRefused() throws Exception {
		String body = "{\"imageBuildVersionArn\": \"arn:aws:imagebuilder:eu-west-1:123456789012:image/web/1.0.0/1\"}";
		assertRefused(this.calls.send("GET", "/GetImage", body), INVALID_REQUEST, "query");
	}

	@Test
	void parameterOfTheBodyInTheQueryIsRefused() throws Exception {
		assertRefused(this.calls.send("PUT", "/CreateImage?tags=x", IMAGE.formatted("")), INVALID_VALUE, "tags");
	}

	@ParameterizedTest
	@CsvSource({ "/tags/arn:aws, " + INVALID_REQUEST, "/tags/arn%3Aaws, " + INVALID_VALUE,
			"/tags/arn%3Aaws%3Aimagebuilder%3Aeu-west-1%3A123456789012%3Aimage-recipe%2Fweb%2F1.0.0?tagKeys=a, "
					+ INVALID_VALUE })
	void badPathIsRefused(String target, String code) throws Exception {
		assertRefused(this.calls.send("GET", target), code, "");
	}

	@Test
	void parameterOfThePathInTheBodyIsRefused() throws Exception {
		assertRefused(this.calls.send("POST", "/tags/arn%3Aaws", "{\"resourceArn\": \"arn:aws\"}"), INVALID_REQUEST,
				"path");
	}

	@Test
	void untaggingNeedsAKey() throws Exception {
		String arn = "arn%3Aaws%3Aimagebuilder%3Aeu-west-1%3A123456789012%3Aimage%2Fweb%2F1.0.0%2F1";
		assertRefused(this.calls.send("DELETE", "/tags/" + arn), INVALID_VALUE, "tagKeys");
	}

	@Test
	void requestIsRecordedAsSent() throws Exception {
		this.calls.with("X-Mine", "a b").send("GET", "/GetImage?imageBuildVersionArn=arn%3Aaws");
		RecordedRequest request = this.simulator.requests(Operation.GET_IMAGE).get(0);
		assertThat(request.region()).isEqualTo("eu-west-1");
		assertThat(request.path()).isEqualTo("/GetImage");
		assertThat(request.query()).isEqualTo("imageBuildVersionArn=arn%3Aaws");
		assertThat(request.parameter("imageBuildVersionArn")).hasValue("arn:aws");
		assertThat(request.headers().get("x-mine")).containsExactly("a b");
		assertThat(request.status()).isEqualTo(400);
		assertThat(request.code()).isEqualTo(INVALID_VALUE);
	}

	private static void assertRefused(HttpResponse<String> response, String code, String mentioned) {
		assertThat(response.statusCode()).isEqualTo(400);
		assertThat(RawCalls.code(response)).isEqualTo(code);
		assertThat(response.body()).contains(mentioned);
	}

}
