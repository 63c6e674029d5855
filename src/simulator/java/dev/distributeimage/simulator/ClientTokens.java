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
 * What was done for which client token, per Region and operation, for as long as the
 * settings say.
 */
final class ClientTokens {

	private record Key(String region, Operation operation, String token) {

		static Key of(Call call) {
			return new Key(call.region(), call.operation(), call.parameter("clientToken"));
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
	 * The first answer to this token, if there is one; the same token with other
	 * parameters is refused.
	 */
	synchronized Optional<ObjectNode> replay(Call call) {
		@Nullable Done done = this.remembered.get(Key.of(call));
		if (done == null || !done.at().plus(this.settings.get().tokenLifetime()).isAfter(call.at())) {
			return Optional.empty();
		}
		if (!done.parameters().equals(call.parameters())) {
			throw new ApiException(400, "IdempotentParameterMismatchException",
					"The client token has been used with other parameters.");
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
