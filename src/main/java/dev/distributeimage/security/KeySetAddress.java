package dev.distributeimage.security;

import java.io.IOException;
import java.net.URI;

import org.jspecify.annotations.Nullable;

/**
 * Finds the key set of an issuer: where it is set, or where the issuer's metadata says.
 */
final class KeySetAddress {

	private final ConfiguredIssuer issuer;

	private final IssuerMetadata metadata;

	/** The address in the metadata, which are asked again after a fetch has failed. */
	private volatile @Nullable URI found;

	KeySetAddress(ConfiguredIssuer issuer, BoundedHttp http) {
		this.issuer = issuer;
		this.metadata = new IssuerMetadata(issuer.issuer(), http);
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
		String address = this.metadata.get().path("jwks_uri").asString("");
		if (!ConfiguredIssuer.isSecure(address)) {
			throw new IOException("The issuer's metadata name no key set behind https");
		}
		return URI.create(address);
	}

}
