package dev.distributeimage.api.watch;

import java.time.Instant;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.distributeimage.run.view.RunEvent;
import org.jspecify.annotations.Nullable;

/**
 * An event as callers see it.
 *
 * @param detail further members, which depend on its type
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
@JsonPropertyOrder({ "sequence", "at", "type", "by", "step" })
public record EventView(long sequence, Instant at, String type, @Nullable String by, String step,
		@JsonAnyGetter Map<String, Object> detail) {

	public static EventView of(RunEvent event) {
		return new EventView(event.sequence(), event.at(), event.type(), event.by(), event.step(), event.detail());
	}

}
