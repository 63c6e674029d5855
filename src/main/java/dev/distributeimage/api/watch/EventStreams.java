package dev.distributeimage.api.watch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import dev.distributeimage.run.view.RunEvent;
import dev.distributeimage.run.view.RunHistory;
import dev.distributeimage.run.view.RunHistory.Cursor;
import dev.distributeimage.run.view.RunProgress;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;

/** Server-sent events: the open streams, and what is sent to them. */
@Component
public class EventStreams implements RunListener {

	/** The maximum number of events sent to a stream before it must be read. */
	private static final int AT_ONCE = 500;

	/** The number of heartbeats after which a client that reads nothing is dropped. */
	private static final int HEARTBEATS_MISSED = 4;

	private static final byte[] HEARTBEAT = EventStream.bytes(":\n\n");

	private final Set<EventStream> streams = ConcurrentHashMap.newKeySet();

	private final RunHistory history;

	private final JsonMapper json;

	private final long heartbeatNanos;

	private volatile boolean stopping;

	EventStreams(RunHistory history, JsonMapper json, WatchSettings settings) {
		this.history = history;
		this.json = json;
		this.heartbeatNanos = settings.heartbeat().toNanos();
	}

	/** Answers a request with the events after a cursor, and with those to come. */
	public void open(Cursor cursor, RunProgress progress, HttpServletRequest request, HttpServletResponse response) {
		List<RunEvent> events = this.history.after(cursor, AT_ONCE);
		response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
		response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
		EventStream stream = new EventStream(cursor, request.startAsync(), out(response), this.streams::remove);
		this.streams.add(stream);
		if (!events.isEmpty()) {
			stream.send(bytes(events), last(events));
		}
		if (this.stopping || isAtItsEnd(stream, progress)) {
			stream.end();
		}
		stream.begin();
	}

	private static ServletOutputStream out(HttpServletResponse response) {
		try {
			return response.getOutputStream();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void started() {
		this.stopping = false;
	}

	@Override
	public Set<UUID> runs() {
		return this.streams.stream().map(EventStream::run).collect(Collectors.toSet());
	}

	@Override
	public void progress(Set<UUID> asked, Map<UUID, RunProgress> found) {
		Map<Cursor, List<EventStream>> behind = new HashMap<>();
		for (EventStream stream : this.streams) {
			RunProgress progress = found.get(stream.run());
			if (progress == null) {
				if (asked.contains(stream.run())) {
					stream.end();
				}
			}
			else if (isAtItsEnd(stream, progress)) {
				stream.end();
			}
			else if (stream.sent() < progress.lastEvent() && stream.isDrained()) {
				behind.computeIfAbsent(new Cursor(stream.run(), stream.sent()), (cursor) -> new ArrayList<>())
					.add(stream);
			}
		}
		if (!behind.isEmpty()) {
			this.history.after(behind.keySet(), AT_ONCE)
				.forEach((cursor, events) -> send(behind.getOrDefault(cursor, List.of()), events));
		}
	}

	private void send(List<EventStream> behind, List<RunEvent> events) {
		byte[] bytes = bytes(events);
		behind.forEach((stream) -> stream.send(bytes, last(events)));
	}

	// A run that was retried has more events than when it ended.
	private static boolean isAtItsEnd(EventStream stream, RunProgress progress) {
		return progress.hasEnded() && stream.sent() == progress.lastEvent();
	}

	@Override
	public void tick() {
		for (EventStream stream : this.streams) {
			long silence = stream.nanosSinceWritten();
			if (silence >= this.heartbeatNanos && stream.isDrained()) {
				stream.sendComment(HEARTBEAT);
			}
			else if (silence >= this.heartbeatNanos * HEARTBEATS_MISSED) {
				stream.close();
			}
		}
	}

	@Override
	public void stopped() {
		this.stopping = true;
		this.streams.forEach(EventStream::end);
	}

	private static long last(List<RunEvent> events) {
		return events.get(events.size() - 1).sequence();
	}

	private byte[] bytes(List<RunEvent> events) {
		return EventStream.bytes(events.stream().map(this::text).collect(Collectors.joining()));
	}

	private String text(RunEvent event) {
		return "id: %d\nevent: %s\ndata: %s\n\n".formatted(event.sequence(), event.type(),
				this.json.writeValueAsString(EventView.of(event)));
	}

}
