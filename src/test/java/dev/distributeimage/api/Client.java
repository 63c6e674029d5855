package dev.distributeimage.api;

import java.net.http.HttpResponse;

import dev.distributeimage.provider.OpenIdProvider;
import tools.jackson.databind.JsonNode;

/**
 * A client of the service that signs in.
 *
 * @param token its bearer token
 */
public record Client(Http http, String token) {

	/** Returns a client of a provider, whose token has these scopes. */
	public static Client of(Http http, OpenIdProvider provider, String name, String... scopes) {
		return new Client(http, provider.token(name, scopes));
	}

	public HttpResponse<String> get(String path, String... headers) {
		return this.http.get(path, signedIn(headers));
	}

	public HttpResponse<String> post(String path, String body, String... headers) {
		return this.http.post(path, body, signedIn(headers));
	}

	/** Starts a run, and returns its path. */
	public String start(String body) {
		return Http.header(post("/v1/runs", body), "Location");
	}

	JsonNode json(String path) {
		return Http.json(get(path));
	}

	private String[] signedIn(String... headers) {
		String[] all = new String[headers.length + 2];
		System.arraycopy(headers, 0, all, 2, headers.length);
		all[0] = "Authorization";
		all[1] = "Bearer " + this.token;
		return all;
	}

}
