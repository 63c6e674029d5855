package dev.distributeimage.security;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.web.AuthorizationRequestRepository;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.endpoint.OAuth2ParameterNames;
import org.springframework.security.oauth2.core.endpoint.PkceParameterNames;
import org.springframework.security.oauth2.core.oidc.endpoint.OidcParameterNames;
import org.springframework.web.util.UriUtils;

/**
 * Has the browser keep a sign-in that is under way, sealed: strangers begin as many as
 * they like, and the service holds nothing for them. A sign-in ends at the replica where
 * it has begun, within ten minutes.
 */
final class SignInCookie implements AuthorizationRequestRepository<OAuth2AuthorizationRequest> {

	/** The parameter that says where somebody wants to go who has to sign in first. */
	private static final String TO = "to";

	private static final String NAME = "__Host-sign-in";

	private static final String WANTED = SignInCookie.class.getName() + ".wanted";

	private static final String START = "/runs";

	private static final Duration LONGEST = Duration.ofMinutes(10);

	/** Signs of a path. */
	private static final int LONGEST_PATH = 512;

	/**
	 * Signs of the cookie and of the provider's address, which repeat what the browser
	 * sends: the head of an answer may have 4 KB.
	 */
	private static final int LONGEST_HEAD = 3 * 1024;

	private final ClientRegistrationRepository clients;

	private final Clock clock;

	private final Seal seal = new Seal();

	SignInCookie(ClientRegistrationRepository clients, Clock clock) {
		this.clients = clients;
		this.clock = clock;
	}

	@Override
	public void saveAuthorizationRequest(@Nullable OAuth2AuthorizationRequest begun, HttpServletRequest request,
			HttpServletResponse response) {
		if (begun == null) {
			keep("", Duration.ZERO, response);
			return;
		}
		SignIn signIn = new SignIn(attribute(begun, OAuth2ParameterNames.REGISTRATION_ID),
				Objects.requireNonNull(begun.getState()), attribute(begun, OidcParameterNames.NONCE),
				attribute(begun, PkceParameterNames.CODE_VERIFIER), Objects.requireNonNull(begun.getRedirectUri()),
				wanted(request.getParameter(TO)), this.clock.instant().plus(LONGEST).getEpochSecond());
		String sealed = this.seal.close(JsonMapper.shared().writeValueAsBytes(signIn));
		if (sealed.length() + begun.getAuthorizationRequestUri().length() > LONGEST_HEAD) {
			throw new OAuth2AuthenticationException(new OAuth2Error(OAuth2ErrorCodes.INVALID_REQUEST),
					"The sign-in is too long");
		}
		keep(sealed, LONGEST, response);
	}

	/** The query for the beginning of a sign-in that somebody needs for a request. */
	static String queryFor(HttpServletRequest request) {
		String query = (request.getQueryString() != null) ? "?" + request.getQueryString() : "";
		return "?" + TO + "=" + UriUtils.encode(wanted(request.getRequestURI() + query), StandardCharsets.UTF_8);
	}

	private static void keep(String value, Duration time, HttpServletResponse response) {
		response.addHeader(HttpHeaders.SET_COOKIE,
				ResponseCookie.from(NAME, value)
					.path("/")
					.secure(true)
					.httpOnly(true)
					.sameSite("Lax")
					.maxAge(time)
					.build()
					.toString());
	}

	private static String attribute(OAuth2AuthorizationRequest begun, String name) {
		return (String) Objects.requireNonNull(begun.getAttributes().get(name), name);
	}

	/** A path of the page, whatever the parameter says. */
	private static String wanted(@Nullable String path) {
		return (path != null && path.startsWith(START) && path.length() <= LONGEST_PATH
				&& path.chars().allMatch((sign) -> sign > ' ' && sign < 0x7f)) ? path : START;
	}

	/** Where the person who has just signed in wanted to go. */
	static String wanted(HttpServletRequest request) {
		return Objects.requireNonNullElse((String) request.getAttribute(WANTED), START);
	}

	@Override
	public @Nullable OAuth2AuthorizationRequest loadAuthorizationRequest(HttpServletRequest request) {
		return begun(request).map(this::restored).orElse(null);
	}

	@Override
	public @Nullable OAuth2AuthorizationRequest removeAuthorizationRequest(HttpServletRequest request,
			HttpServletResponse response) {
		Optional<SignIn> begun = begun(request);
		if (begun.isEmpty()) {
			return null;
		}
		request.setAttribute(WANTED, begun.get().wanted());
		keep("", Duration.ZERO, response);
		return restored(begun.get());
	}

	private Optional<SignIn> begun(HttpServletRequest request) {
		String state = request.getParameter(OAuth2ParameterNames.STATE);
		return Stream.ofNullable(request.getCookies())
			.flatMap(Arrays::stream)
			.filter((cookie) -> cookie.getName().equals(NAME))
			.map(Cookie::getValue)
			.map(this.seal::open)
			.filter(Objects::nonNull)
			.map((content) -> JsonMapper.shared().readValue(content, SignIn.class))
			.filter((signIn) -> signIn.state().equals(state)
					&& this.clock.instant().isBefore(Instant.ofEpochSecond(signIn.until())))
			.findFirst();
	}

	private @Nullable OAuth2AuthorizationRequest restored(SignIn signIn) {
		ClientRegistration client = this.clients.findByRegistrationId(signIn.registration());
		return (client != null) ? OAuth2AuthorizationRequest.authorizationCode()
			.authorizationUri(Objects.requireNonNull(client.getProviderDetails().getAuthorizationUri()))
			.clientId(client.getClientId())
			.redirectUri(signIn.redirectUri())
			.scopes(client.getScopes())
			.state(signIn.state())
			.attributes((attributes) -> {
				attributes.put(OAuth2ParameterNames.REGISTRATION_ID, signIn.registration());
				attributes.put(OidcParameterNames.NONCE, signIn.nonce());
				attributes.put(PkceParameterNames.CODE_VERIFIER, signIn.verifier());
			})
			.build() : null;
	}

	/**
	 * A sign-in that is under way.
	 *
	 * @param state comes back with the code, in the same browser
	 * @param nonce comes back in the ID token, as a hash
	 * @param verifier proves that the code is for this service (PKCE)
	 * @param wanted a path of the page
	 * @param until seconds of the epoch
	 */
	private record SignIn(String registration, String state, String nonce, String verifier, String redirectUri,
			String wanted, long until) {
	}

}
