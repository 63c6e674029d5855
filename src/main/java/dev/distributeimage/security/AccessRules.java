package dev.distributeimage.security;

import java.util.List;
import java.util.Optional;

import dev.distributeimage.caller.Scope;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.server.PathContainer;
import org.springframework.web.util.ServletRequestPathUtils;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Says what each operation of the API takes. An operation without a rule is denied to
 * everybody, and keeps the service from starting ({@link HandlerRuleCheck}).
 */
final class AccessRules {

	private static final Rule START = Rule.of("POST", "/v1/runs", Scope.WRITE);

	private static final List<Rule> RULES = List.of(Rule.of("GET", "/v1/runs", Scope.READ), START,
			Rule.of("POST", "/v1/runs/validate", Scope.WRITE), Rule.of("GET", "/v1/runs/{id}", Scope.READ),
			Rule.of("GET", "/v1/runs/{id}/events", Scope.READ),
			// The handlers look at the run's owner, unless the caller may operate.
			Rule.of("POST", "/v1/runs/{id}/cancel", Scope.WRITE, Scope.OPERATE),
			Rule.of("POST", "/v1/runs/{id}/retry", Scope.WRITE, Scope.OPERATE),
			Rule.of("POST", "/v1/runs/{id}/retry/validate", Scope.WRITE, Scope.OPERATE),
			Rule.of("GET", "/v1/leftovers", Scope.READ), Rule.of("POST", "/v1/leftovers/{id}/remove", Scope.OPERATE),
			Rule.of("POST", "/v1/leftovers/{id}/remove/validate", Scope.OPERATE), Rule.open("/livez"),
			Rule.open("/readyz"), Rule.open("/problems/{name}"), Rule.open("/v3/api-docs"),
			Rule.open("/v3/api-docs.yaml"), Rule.open("/swagger-ui"), Rule.open("/swagger-ui.html"),
			Rule.open("/swagger-ui/"), Rule.open("/swagger-ui/**"), Rule.open("/arazzo.yml"),
			Rule.open("/imagebuilder-openapi.yml"), Rule.open("/problems/"), Rule.open("/page.css"),
			Rule.open("/page.js"), Rule.open("/page.svg"), Rule.open("/signed-out"), Rule.of("POST", "/sign-out"),
			// The page: what its people do there takes what the API takes for it.
			Rule.of("GET", "/", Scope.READ), Rule.of("GET", "/runs", Scope.READ),
			Rule.of("GET", "/runs/{id}", Scope.READ), Rule.of("GET", "/runs/{id}/cancel", Scope.WRITE, Scope.OPERATE),
			Rule.of("POST", "/runs/{id}/cancel", Scope.WRITE, Scope.OPERATE),
			Rule.of("GET", "/runs/{id}/retry", Scope.WRITE, Scope.OPERATE),
			Rule.of("POST", "/runs/{id}/retry", Scope.WRITE, Scope.OPERATE));

	private static final String FOUND = AccessRules.class.getName() + ".found";

	private AccessRules() {
	}

	/** Finds the rule of a request, if there is one. HEAD is what GET is. */
	static Optional<Rule> of(HttpServletRequest request) {
		String method = request.getMethod().equals("HEAD") ? "GET" : request.getMethod();
		PathContainer path = path(request);
		Optional<Rule> found = Optional.empty();
		for (Rule rule : RULES) {
			if (rule.method().equals(method) && rule.path().matches(path)) {
				found = Optional.of(rule);
				break;
			}
		}
		request.setAttribute(FOUND, found.orElse(null));
		return found;
	}

	/** The rule that was found when the chain for this dispatch was chosen. */
	static Optional<Rule> found(HttpServletRequest request) {
		return Optional.ofNullable((Rule) request.getAttribute(FOUND));
	}

	/** Whether the rule that was found is that of a start. */
	static boolean isStart(HttpServletRequest request) {
		return request.getAttribute(FOUND) == START;
	}

	/** Whether anything is served at the path of a request. */
	static boolean knowPath(HttpServletRequest request) {
		PathContainer path = path(request);
		return RULES.stream().anyMatch((rule) -> rule.path().matches(path));
	}

	/** Whether a mapping of a handler has a rule. */
	static boolean cover(String method, String pattern) {
		return RULES.stream()
			.anyMatch((rule) -> rule.method().equals(method) && rule.path().getPatternString().equals(pattern));
	}

	// The path by which handlers are found. Another dispatch may have left another one.
	private static PathContainer path(HttpServletRequest request) {
		Object before = request.getAttribute(ServletRequestPathUtils.PATH_ATTRIBUTE);
		PathContainer path = ServletRequestPathUtils.parseAndCache(request).pathWithinApplication();
		request.setAttribute(ServletRequestPathUtils.PATH_ATTRIBUTE, before);
		return path;
	}

	/**
	 * A rule for one operation.
	 *
	 * @param scopes the scopes of which it takes one; none if it is open to everybody
	 */
	record Rule(String method, PathPattern path, List<Scope> scopes) {

		static Rule of(String method, String path, Scope... scopes) {
			return new Rule(method, PathPatternParser.defaultInstance.parse(path), List.of(scopes));
		}

		static Rule open(String path) {
			return of("GET", path);
		}

		boolean isOpen() {
			return this.scopes.isEmpty();
		}

	}

}
