package dev.distributeimage.security;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Finds the key set of an issuer: where it is set, or where the issuer's metadata says
 * (OpenID Connect Discovery, RFC 8414).
 */
final class KeySetAddress {

	private static final String OPENID = "/.well-known/openid-configuration";

	private static final String OAUTH = "/.well-known/oauth-authorization-server";

	private final ConfiguredIssuer issuer;

	private final BoundedHttp http;

	/** The address in the metadata, which are asked again after a fetch has failed. */
	private volatile @Nullable URI found;

	KeySetAddress(ConfiguredIssuer issuer, BoundedHttp http) {
		this.issuer = issuer;
		this.http = http;
	}

	URI get() throws IOException, InterruptedException {
		if (this.issuer.settings().jwkSetUri() != null) {
			return URI.create(this.issuer.settings().jwkSetUri());
		}
		URI known = this.found;
		if (known == null) {
			known = inMetadata();
			this.found = known;
		}
		return known;
	}

	void forget() {
		this.found = null;
	}

	private URI inMetadata() throws IOException, InterruptedException {
		IOException first = null;
		for (URI address : addresses(URI.create(this.issuer.issuer()))) {
			try {
				return keySet(this.http.get(address));
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

	private URI keySet(byte[] metadata) throws IOException {
		JsonNode document;
		try {
			document = JsonMapper.shared().readTree(metadata);
		}
		catch (JacksonException ex) {
			throw new IOException("The issuer's metadata are not JSON", ex);
		}
		if (!this.issuer.issuer().equals(document.path("issuer").asString(""))) {
			throw new IOException("The issuer's metadata are those of another issuer");
		}
		String address = document.path("jwks_uri").asString("");
		if (!ConfiguredIssuer.isSecure(address)) {
			throw new IOException("The issuer's metadata name no key set behind https");
		}
		return URI.create(address);
	}

}
