package dev.distributeimage.trace;

import java.util.concurrent.TimeUnit;

import io.opentelemetry.sdk.trace.SdkTracerProvider;

import org.springframework.context.SmartLifecycle;

/**
 * Sends what is left of the traces when all else has stopped. The end of the application
 * context would do so, too, and wait ten seconds for a collector that hangs, which the
 * time to stop does not allow for.
 */
class LastSpans implements SmartLifecycle {

	private static final int MOST_SECONDS = 2;

	private final SdkTracerProvider provider;

	private volatile boolean running;

	LastSpans(SdkTracerProvider provider) {
		this.provider = provider;
	}

	@Override
	public void start() {
		this.running = true;
	}

	@Override
	public void stop() {
		this.provider.shutdown().join(MOST_SECONDS, TimeUnit.SECONDS);
		this.running = false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/** Starts before all others, and stops after them. */
	@Override
	public int getPhase() {
		return Integer.MIN_VALUE;
	}

}
