package dev.distributeimage.simulator;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

import dev.distributeimage.simulator.RecordedRequest.Reply;
import dev.distributeimage.simulator.RecordedRequest.Target;
import dev.distributeimage.simulator.http.HttpAnswer;
import dev.distributeimage.simulator.http.HttpRequest;
import tools.jackson.databind.node.MissingNode;

/**
 * The Security Token Service: GetCallerIdentity and AssumeRole, asked by a form, or by the
 * same as a query, and answered in XML. Image Builder has no operation at the path
 * {@code /}.
 */
final class StsDoor {

	private static final String SIGNING_NAME = "sts";

	private static final String VERSION = "2011-06-15";

	private final Sts sts;

	private final Supplier<SimulatorSettings> settings;

	StsDoor(Sts sts, Supplier<SimulatorSettings> settings) {
		this.sts = sts;
		this.settings = settings;
	}

	static boolean leadsTo(HttpRequest request) {
		return request.path().equals("/") && (request.method().equals("POST") || request.query() != null);
	}

	HttpAnswer answer(HttpRequest request) throws InterruptedException {
		String requestId = UUID.randomUUID().toString();
		Optional<FaultRule> striking = this.sts.faults().striking(recorded(request));
		if (striking.isEmpty()) {
			return genuine(request, requestId);
		}
		FaultRule rule = striking.get();
		rule.await();
		return rule.fault().applyTo(genuine(request, requestId));
	}

	private RecordedRequest recorded(HttpRequest request) {
		String region = CredentialScope.find(request).map(CredentialScope::region).orElse(null);
		return new RecordedRequest(0, this.settings.get().clock().instant(), new Target(null, region), request,
				MissingNode.getInstance(), Reply.NONE);
	}

	private HttpAnswer genuine(HttpRequest request, String requestId) {
		try {
			Map<String, String> parameters = parameters(request);
			String action = action(parameters);
			CredentialScope scope = CredentialScope.of(request, SIGNING_NAME);
			Identity caller = this.sts.caller(request, scope);
			String result = action.equals("AssumeRole") ? assumedRole(parameters, caller, scope.region())
					: callerIdentity(parameters, caller);
			return xml(200, StsAnswers.success(action, result, requestId), requestId);
		}
		catch (ApiException ex) {
			return xml(ex.status(), StsAnswers.error(code(ex), ex.text(), requestId), requestId);
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

	/** Takes the action and the version out of the parameters. */
	private static String action(Map<String, String> parameters) {
		String action = parameters.remove("Action");
		String version = parameters.remove("Version");
		if (action == null) {
			throw new ApiException(400, "MissingAction", "The request has no parameter Action.");
		}
		if (!List.of("GetCallerIdentity", "AssumeRole").contains(action) || !VERSION.equals(version)) {
			throw new ApiException(400, "InvalidAction",
					"Could not find operation %s for version %s".formatted(action, version));
		}
		return action;
	}

	private String assumedRole(Map<String, String> parameters, Identity caller, String region) {
		AssumedSession session = new AssumeRole(this.sts, parameters).begin(caller, region, this.settings.get().clock());
		return """
				<AssumedRoleUser>
				  <AssumedRoleId>%s:%s</AssumedRoleId>
				  <Arn>%s</Arn>
				</AssumedRoleUser>
				<Credentials>
				  <AccessKeyId>%s</AccessKeyId>
				  <SecretAccessKey>%s</SecretAccessKey>
				  <SessionToken>%s</SessionToken>
				  <Expiration>%s</Expiration>
				</Credentials>
				<PackedPolicySize>%d</PackedPolicySize>
				""".formatted(session.roleId(), session.name(), session.arn(), session.accessKey(), session.secretKey(),
				session.token(), session.end(), AssumeRole.packedSize(session));
	}

	private static String callerIdentity(Map<String, String> parameters, Identity caller) {
		parameters.keySet().stream().findFirst().ifPresent((name) -> {
			throw new ApiException(400, "ValidationError", "The parameter %s does not exist.".formatted(name));
		});
		return """
				<Arn>%s</Arn>
				<UserId>%s</UserId>
				<Account>%s</Account>
				""".formatted(caller.arn(), caller.userId(), caller.account());
	}

	// Services that speak JSON add a suffix; STS does not.
	private static String code(ApiException reason) {
		return switch (reason.code()) {
			case "MissingAuthenticationTokenException" -> "MissingAuthenticationToken";
			case "InvalidSignatureException" -> "SignatureDoesNotMatch";
			case "UnrecognizedClientException" -> "InvalidClientTokenId";
			case "ExpiredTokenException" -> "ExpiredToken";
			default -> reason.code();
		};
	}

	private static HttpAnswer xml(int status, String body, String requestId) {
		return HttpAnswer.of(status, "text/xml", body).withHeader(ApiAnswers.REQUEST_ID, requestId);
	}

}
