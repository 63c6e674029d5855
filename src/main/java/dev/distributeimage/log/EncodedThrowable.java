package dev.distributeimage.log;

import java.util.Arrays;

import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import org.jspecify.annotations.Nullable;

/** An exception whose message is encoded, and those of its causes. */
record EncodedThrowable(IThrowableProxy thrown) implements IThrowableProxy {

	@Override
	public @Nullable String getMessage() {
		return encoded(this.thrown.getMessage());
	}

	@Override
	public @Nullable String getOverridingMessage() {
		return encoded(this.thrown.getOverridingMessage());
	}

	private static @Nullable String encoded(@Nullable String message) {
		return (message != null) ? LogText.encode(message) : null;
	}

	@Override
	public String getClassName() {
		return this.thrown.getClassName();
	}

	@Override
	public StackTraceElementProxy[] getStackTraceElementProxyArray() {
		return this.thrown.getStackTraceElementProxyArray();
	}

	@Override
	public int getCommonFrames() {
		return this.thrown.getCommonFrames();
	}

	@Override
	public @Nullable IThrowableProxy getCause() {
		IThrowableProxy cause = this.thrown.getCause();
		return (cause != null) ? new EncodedThrowable(cause) : null;
	}

	@Override
	public IThrowableProxy[] getSuppressed() {
		return Arrays.stream(this.thrown.getSuppressed()).map(EncodedThrowable::new).toArray(IThrowableProxy[]::new);
	}

	@Override
	public boolean isCyclic() {
		return this.thrown.isCyclic();
	}

}
