package dev.distributeimage.security;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Objects;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Gets what an issuer says about itself (OpenID Connect Discovery, RFC 8414).
 *
 * @param issuer the issuer, as its tokens name it
 */
record IssuerMetadata(String issuer, BoundedHttp http) {

	private static final String OPENID = "/.well-known/openid-configuration";

	private static final String OAUTH = "/.well-known/oauth-authorization-server";

	/**
	 * Gets the document.
	 * @throws IOException if there is none, or it is that of another issuer
	 */
	JsonNode get() throws IOException, InterruptedException {
		IOException first = null;
		for (URI address : addresses(URI.create(this.issuer))) {
			try {
				return parsed(this.http.get(address));
			}
			catch (IOException ex) {
				first = (first != null) ? first : ex;
			}
		}
		throw Objects.requireNonNull(first);
	}

	private static List<URI> addresses(URI issuer) {
		String path = issuer.getRawPath().replaceFirst("/$", "");
		String server = issuer.getScheme() + "://" + issuer.getRawAuthority();
		return List.of(URI.create(server + path + OPENID), URI.create(server + OPENID + path),
				URI.create(server + OAUTH + path));
	}

	private JsonNode parsed(byte[] metadata) throws IOException {
		JsonNode document;
		try {
			document = JsonMapper.shared().readTree(metadata);
		}
		catch (JacksonException ex) {
			throw new IOException("The issuer's metadata are not JSON", ex);
		}
		if (!this.issuer.equals(document.path("issuer").asString(""))) {
			throw new IOException("The issuer's metadata are those of another issuer");
		}
		return document;
	}

}
