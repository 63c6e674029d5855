package dev.distributeimage.simulator;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.distributeimage.simulator.http.HttpRequest;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A request that the simulator was sent. Its {@code parameters} are the body's members
 * and the decoded query's; its {@code reply} changes once it has been answered, in a new
 * record.
 */
public record RecordedRequest(long number, Instant at, Target target, HttpRequest http, JsonNode parameters,
		Reply reply) {

	/** What was called: operation and Region are null when the request does not say. */
	public record Target(@Nullable Operation operation, @Nullable String region) {
	}

	/**
	 * How the request was answered: status 0 until it is, or when the connection was
	 * reset instead.
	 */
	public record Reply(int status, @Nullable String code, Outcome outcome) {

		static final Reply NONE = new Reply(0, null, Outcome.WAITING);

	}

	/** What a request came to. */
	public enum Outcome {

		/** Not decided: it hangs, or is just being worked on. */
		WAITING,

		/** Carried out, whatever the client was told. */
		COMMITTED,

		/**
		 * Answered with what the first request with its client token got; nothing was
		 * done again.
		 */
		REPLAYED,

		/** Refused with an error of the API's own. */
		REFUSED,

		/** Struck by a fault before anything was done. */
		FAULTED

	}

	public @Nullable Operation operation() {
		return this.target.operation();
	}

	public @Nullable String region() {
		return this.target.region();
	}

	public String method() {
		return this.http.method();
	}

	/** The path as sent, percent-encoding and all. */
	public String path() {
		return this.http.path();
	}

	/** The query as sent, percent-encoding and all. */
	public @Nullable String query() {
		return this.http.query();
	}

	/** The headers, names in lower case. */
	public Map<String, List<String>> headers() {
		return this.http.headers();
	}

	/** A string parameter of query or body. */
	public Optional<String> parameter(String name) {
		JsonNode value = this.parameters.path(name);
		return value.isString() ? Optional.of(value.stringValue()) : Optional.empty();
	}

	public int status() {
		return this.reply.status();
	}

	/** AWS's error code, if it was answered with one. */
	public @Nullable String code() {
		return this.reply.code();
	}

	public Outcome outcome() {
		return this.reply.outcome();
	}

	RecordedRequest with(Reply other) {
		return new RecordedRequest(this.number, this.at, this.target, this.http, this.parameters, other);
	}

}
