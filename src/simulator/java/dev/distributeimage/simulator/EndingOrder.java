package dev.distributeimage.simulator;

import java.util.Set;
import java.util.stream.Collectors;

import dev.distributeimage.simulator.FailedCopy.Sign;
import tools.jackson.databind.JsonNode;

/** An ending ordered through the control paths. */
record EndingOrder(JsonNode order) {

	Ending ending() {
		Ending ending = NamedEndings.get(this.order.path("ending").asString("available"));
		if (this.order.has("pace")) {
			ending = ending.atPace(Durations.parse(this.order.required("pace").asString()));
		}
		if (this.order.has("failedCopies")) {
			FailedCopy[] copies = this.order.required("failedCopies")
				.valueStream()
				.map(EndingOrder::failedCopy)
				.toArray(FailedCopy[]::new);
			ending = ending.failing(FailedCopies.of(copies));
		}
		return ending;
	}

	private static FailedCopy failedCopy(JsonNode copy) {
		Set<Sign> signs = copy.required("signs")
			.valueStream()
			.map((sign) -> Sign.valueOf(sign.asString()))
			.collect(Collectors.toSet());
		return new FailedCopy(copy.required("region").asString(), copy.path("account").asString(null),
				copy.path("reason").asString("Simulated."), signs);
	}

}
