package dev.distributeimage.simulator;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Idempotency keys: keeps the answer to each client token, per account, Region and operation,
 * for the configured lifetime.
 */
final class ClientTokens {

	private record Key(String account, String region, Operation operation, String token) {

		static Key of(Call call) {
			return new Key(call.account(), call.region(), call.operation(), call.parameter("clientToken"));
		}

	}

	private record Done(JsonNode parameters, ObjectNode answer, Instant at) {
	}

	private final Supplier<SimulatorSettings> settings;

	private final Map<Key, Done> remembered = new HashMap<>();

	ClientTokens(Supplier<SimulatorSettings> settings) {
		this.settings = settings;
	}

	/**
	 * Returns the first answer to this token, if there is one. Refuses a token that was
	 * used with other parameters.
	 */
	synchronized Optional<ObjectNode> replay(Call call) {
		@Nullable Done done = this.remembered.get(Key.of(call));
		if (done == null || !done.at().plus(this.settings.get().tokenLifetime()).isAfter(call.at())) {
			return Optional.empty();
		}
		if (!done.parameters().equals(call.parameters())) {
			throw new ApiException(400, "IdempotentParameterMismatchException",
					"The client token was used with other parameters.");
		}
		return Optional.of(done.answer());
	}

	synchronized void remember(Call call, ObjectNode answer) {
		if (!call.parameter("clientToken").isEmpty()) {
			this.remembered.put(Key.of(call), new Done(call.parameters(), answer, call.at()));
		}
	}

	synchronized void forget() {
		this.remembered.clear();
	}

}
