package dev.distributeimage.simulator;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;

import dev.distributeimage.simulator.http.HttpAnswer;
import dev.distributeimage.simulator.http.HttpRequest;

/**
 * The Security Token Service, as far as GetCallerIdentity: a form, or the same as a query,
 * and an answer in XML. Image Builder has no operation at the path {@code /}.
 */
final class StsDoor {

	private static final String SIGNING_NAME = "sts";

	private static final String VERSION = "2011-06-15";

	private static final String NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/";

	private final Supplier<SimulatorSettings> settings;

	StsDoor(Supplier<SimulatorSettings> settings) {
		this.settings = settings;
	}

	static boolean leadsTo(HttpRequest request) {
		return request.path().equals("/") && (request.method().equals("POST") || request.query() != null);
	}

	HttpAnswer answer(HttpRequest request) {
		String requestId = UUID.randomUUID().toString();
		try {
			requireOperation(parameters(request));
			CredentialScope scope = CredentialScope.of(request, SIGNING_NAME);
			return xml(200, callerIdentity(scope, requestId), requestId);
		}
		catch (ApiException ex) {
			return xml(ex.status(), """
					<ErrorResponse xmlns="%s">
					  <Error>
					    <Type>Sender</Type>
					    <Code>%s</Code>
					    <Message>%s</Message>
					  </Error>
					  <RequestId>%s</RequestId>
					</ErrorResponse>
					""".formatted(NAMESPACE, code(ex), escaped(ex.text()), requestId), requestId);
		}
	}

	private static Map<String, String> parameters(HttpRequest request) {
		List<String> pairs = new ArrayList<>();
		if (request.method().equals("POST")) {
			if (!request.header("content-type").orElse("").startsWith("application/x-www-form-urlencoded")) {
				throw new ApiException(400, "InvalidAction", "The body must be a form.");
			}
			pairs.addAll(List.of(new String(request.body(), StandardCharsets.UTF_8).split("&")));
		}
		else if (!request.method().equals("GET")) {
			throw new ApiException(405, "InvalidHttpRequest", "The method %s is not supported.".formatted(request.method()));
		}
		if (request.query() != null) {
			pairs.addAll(List.of(String.valueOf(request.query()).split("&")));
		}
		Map<String, String> parameters = new HashMap<>();
		pairs.stream().map((pair) -> pair.split("=", 2)).forEach((pair) -> {
			if (parameters.put(decoded(pair[0]), (pair.length > 1) ? decoded(pair[1]) : "") != null) {
				throw new ApiException(400, "MalformedQueryString", "The parameter %s is repeated.".formatted(pair[0]));
			}
		});
		return parameters;
	}

	private static String decoded(String text) {
		try {
			return URLDecoder.decode(text, StandardCharsets.UTF_8);
		}
		catch (IllegalArgumentException ex) {
			throw new ApiException(400, "MalformedQueryString", "The query string contains a syntax error");
		}
	}

	private static void requireOperation(Map<String, String> parameters) {
		String action = parameters.get("Action");
		String version = parameters.get("Version");
		if (action == null) {
			throw new ApiException(400, "MissingAction", "The request has no parameter Action.");
		}
		if (!action.equals("GetCallerIdentity") || !VERSION.equals(version)) {
			throw new ApiException(400, "InvalidAction",
					"Could not find operation %s for version %s".formatted(action, version));
		}
		parameters.keySet()
			.stream()
			.filter((name) -> !name.equals("Action") && !name.equals("Version"))
			.findFirst()
			.ifPresent((name) -> {
				throw new ApiException(400, "ValidationError", "The parameter %s does not exist.".formatted(name));
			});
	}

	private String callerIdentity(CredentialScope scope, String requestId) {
		String account = this.settings.get().account();
		return """
				<GetCallerIdentityResponse xmlns="%s">
				  <GetCallerIdentityResult>
				    <Arn>arn:%s:iam::%s:user/simulated</Arn>
				    <UserId>AIDASIMULATED0000000</UserId>
				    <Account>%s</Account>
				  </GetCallerIdentityResult>
				  <ResponseMetadata>
				    <RequestId>%s</RequestId>
				  </ResponseMetadata>
				</GetCallerIdentityResponse>
				""".formatted(NAMESPACE, Arn.partitionOf(scope.region()), account, account, requestId);
	}

	// Services that speak JSON add a suffix; STS does not.
	private static String code(ApiException reason) {
		return switch (reason.code()) {
			case "MissingAuthenticationTokenException" -> "MissingAuthenticationToken";
			case "InvalidSignatureException" -> "SignatureDoesNotMatch";
			default -> reason.code();
		};
	}

	private static String escaped(String text) {
		return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
	}

	private static HttpAnswer xml(int status, String body, String requestId) {
		return HttpAnswer.of(status, "text/xml", body).withHeader(ApiAnswers.REQUEST_ID, requestId);
	}

}
