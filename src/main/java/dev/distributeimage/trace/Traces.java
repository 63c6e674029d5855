package dev.distributeimage.trace;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

/**
 * Traces of the requests that start runs, continued through every call to AWS to the ends
 * of the runs. A run is stored with the request that started it as its parent
 * ({@code traceparent}), so that any replica continues the trace hours later.
 * <p>
 * The sender that begins a trace decides whether it is recorded. Nothing here does
 * anything for a trace that is not, or in a replica that records none.
 */
public final class Traces {

	/** The beginning of the names of this service's own attributes. */
	private static final String OWN = "distribute_image.";

	private static final String RUN_ID = OWN + "runId";

	private static final ContextKey<UUID> RUN = ContextKey.named(RUN_ID);

	private final @Nullable Tracer tracer;

	private Traces(@Nullable Tracer tracer) {
		this.tracer = tracer;
	}

	/** Traces that are not recorded. */
	public static Traces off() {
		return new Traces(null);
	}

	static Traces of(OpenTelemetry telemetry) {
		return new Traces(telemetry.getTracer("dev.distributeimage"));
	}

	/** Whether this replica records traces. */
	public boolean areOn() {
		return this.tracer != null;
	}

	/**
	 * The request that the thread serves, as the parent of what it starts; null unless it
	 * is recorded.
	 */
	public @Nullable String current() {
		if (this.tracer == null) {
			return null;
		}
		SpanContext request = Span.current().getSpanContext();
		return request.isSampled() ? new TraceParent(request.getTraceId(), request.getSpanId(), true).toString() : null;
	}

	/** Does some work of a run, as part of the trace that it belongs to. */
	public <T> T within(@Nullable String parent, UUID run, Supplier<T> work) {
		Optional<Context> trace = contextOf(parent);
		if (trace.isEmpty()) {
			return work.get();
		}
		Scope scope = trace.get().with(RUN, run).makeCurrent();
		try {
			return work.get();
		}
		finally {
			scope.close();
		}
	}

	/** Begins to record a call to AWS, which the thread makes. */
	public TracedCall begin(String service, String operation, String region) {
		Context context = Context.current();
		if (this.tracer == null || !Span.fromContext(context).getSpanContext().isSampled()) {
			return TracedCall.UNRECORDED;
		}
		SpanBuilder call = this.tracer.spanBuilder(service + "." + operation)
			.setSpanKind(SpanKind.CLIENT)
			.setAttribute("rpc.system", "aws-api")
			.setAttribute("rpc.service", service)
			.setAttribute("rpc.method", operation)
			.setAttribute("cloud.region", region);
		UUID run = context.get(RUN);
		return new TracedCall((run != null) ? call.setAttribute(RUN_ID, run.toString()).startSpan() : call.startSpan());
	}

	/**
	 * Records the end of a run.
	 * @param facts what is known of the run, by name
	 */
	public void ended(@Nullable String parent, Map<String, String> facts, boolean failed) {
		Optional<Context> trace = contextOf(parent);
		if (this.tracer == null || trace.isEmpty()) {
			return;
		}
		Span end = this.tracer.spanBuilder("run ended").setParent(trace.get()).startSpan();
		facts.forEach((name, text) -> end.setAttribute(OWN + name, text));
		if (failed) {
			end.setStatus(StatusCode.ERROR);
		}
		end.end();
	}

	/**
	 * Links the request that the thread serves, and that changes a run, with the trace
	 * that the run belongs to.
	 */
	public void link(String parent) {
		TraceParent.of(parent).map(Traces::remote).ifPresent(Span.current()::addLink);
	}

	private Optional<Context> contextOf(@Nullable String parent) {
		return (this.tracer == null || parent == null) ? Optional.empty()
				: TraceParent.of(parent).map((trace) -> Context.root().with(Span.wrap(remote(trace))));
	}

	private static SpanContext remote(TraceParent parent) {
		return SpanContext.createFromRemoteParent(parent.traceId(), parent.spanId(),
				parent.sampled() ? TraceFlags.getSampled() : TraceFlags.getDefault(), TraceState.getDefault());
	}

}
