package dev.distributeimage.log;

import java.util.Iterator;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.spi.AppenderAttachable;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

import org.springframework.boot.logging.LogFile;
import org.springframework.boot.logging.LoggingInitializationContext;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.logging.LoggingSystemFactory;
import org.springframework.boot.logging.logback.LogbackLoggingSystem;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Spring Boot's Logback with a {@link ControlFreeEncoder} around the encoder of every
 * console and file, whether they are Spring Boot's or those of {@code logging.config}. No
 * setting leaves it out: neither a pattern nor a structured format.
 */
class ControlFreeLogging extends LogbackLoggingSystem {

	ControlFreeLogging(ClassLoader classLoader) {
		super(classLoader);
	}

	@Override
	protected void loadDefaults(LoggingInitializationContext context, @Nullable LogFile file) {
		super.loadDefaults(context, file);
		encodeAll();
	}

	@Override
	protected void loadConfiguration(LoggingInitializationContext context, String location, @Nullable LogFile file) {
		super.loadConfiguration(context, location, file);
		encodeAll();
	}

	private static void encodeAll() {
		((LoggerContext) LoggerFactory.getILoggerFactory()).getLoggerList().forEach(ControlFreeLogging::encode);
	}

	private static void encode(AppenderAttachable<ILoggingEvent> appenders) {
		for (Iterator<Appender<ILoggingEvent>> all = appenders.iteratorForAppenders(); all.hasNext();) {
			Appender<ILoggingEvent> appender = all.next();
			if (appender instanceof OutputStreamAppender<ILoggingEvent> output
					&& !(output.getEncoder() instanceof ControlFreeEncoder)) {
				output.setEncoder(new ControlFreeEncoder(output.getEncoder()));
			}
			// One that hands events on to others, such as Logback's AsyncAppender.
			if (appender instanceof AppenderAttachable) {
				@SuppressWarnings("unchecked")
				AppenderAttachable<ILoggingEvent> inner = (AppenderAttachable<ILoggingEvent>) appender;
				encode(inner);
			}
		}
	}

	/** Puts it before Spring Boot's own. */
	@Order(Ordered.HIGHEST_PRECEDENCE)
	static class Factory implements LoggingSystemFactory {

		@Override
		public LoggingSystem getLoggingSystem(ClassLoader classLoader) {
			return new ControlFreeLogging(classLoader);
		}

	}

}
