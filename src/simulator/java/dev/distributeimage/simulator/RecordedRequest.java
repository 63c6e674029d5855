package dev.distributeimage.simulator;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.distributeimage.simulator.http.HttpRequest;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A request that the simulator received. Its {@code parameters} are the body's members
 * and the decoded query. Its {@code reply} is set in a new record once the request is
 * answered.
 */
public record RecordedRequest(long number, Instant at, Target target, HttpRequest http, JsonNode parameters,
		Reply reply) {

	/** The called operation and Region; null if the request does not say. */
	public record Target(@Nullable Operation operation, @Nullable String region) {
	}

	/** The reply to a request. Status 0 means not answered, or a reset connection. */
	public record Reply(int status, @Nullable String code, Outcome outcome) {

		static final Reply NONE = new Reply(0, null, Outcome.WAITING);

	}

	/** The outcome of a request. */
	public enum Outcome {

		/** Undecided: the call hangs or is in progress. */
		WAITING,

		/** Carried out, regardless of what the client was told. */
		COMMITTED,

		/** Answered with the first answer to its client token; nothing was done again. */
		REPLAYED,

		/** Refused with an error of the API. */
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

	/** The path as sent, still percent-encoded. */
	public String path() {
		return this.http.path();
	}

	/** The query as sent, still percent-encoded. */
	public @Nullable String query() {
		return this.http.query();
	}

	/** The headers, with names in lower case. */
	public Map<String, List<String>> headers() {
		return this.http.headers();
	}

	/** A string parameter of the query or body. */
	public Optional<String> parameter(String name) {
		JsonNode value = this.parameters.path(name);
		return value.isString() ? Optional.of(value.stringValue()) : Optional.empty();
	}

	public int status() {
		return this.reply.status();
	}

	/** AWS's error code; null if the answer had none. */
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
