package dev.distributeimage.simulator.http;

import java.util.LinkedHashMap;
import java.util.Map;

/** An answer and how much of it is delivered. */
public record HttpAnswer(int status, Map<String, String> headers, String body, Delivery delivery) {

	/** The delivery of an answer. */
	public enum Delivery {

		/** Complete. */
		WHOLE,

		/** Half of the body; then the connection is closed. */
		TRUNCATED,

		/** Nothing; the connection is reset (TCP RST). */
		RESET

	}

	public HttpAnswer {
		headers = Map.copyOf(headers);
	}

	public static HttpAnswer of(int status, String contentType, String body) {
		return new HttpAnswer(status, Map.of("Content-Type", contentType), body, Delivery.WHOLE);
	}

	public HttpAnswer withHeader(String name, String value) {
		Map<String, String> changed = new LinkedHashMap<>(this.headers);
		changed.put(name, value);
		return new HttpAnswer(this.status, changed, this.body, this.delivery);
	}

	public HttpAnswer withBody(String other) {
		return new HttpAnswer(this.status, this.headers, other, this.delivery);
	}

	public HttpAnswer withDelivery(Delivery other) {
		return new HttpAnswer(this.status, this.headers, this.body, other);
	}

}
