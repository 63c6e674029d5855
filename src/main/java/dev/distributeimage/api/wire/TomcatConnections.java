package dev.distributeimage.api.wire;

import java.time.Duration;

import org.apache.coyote.http11.AbstractHttp11Protocol;

import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * Limits Tomcat's connections by the heap: each holds buffers, however slowly it sends.
 * {@code server.tomcat.max-connections} can lower the number, not raise it.
 */
@Component
@Order(Ordered.LOWEST_PRECEDENCE)
class TomcatConnections implements WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> {

	/** The part of the heap that connections may hold. */
	private static final double SHARE = 1 / 2.0;

	/**
	 * Bytes that a connection holds while its request has arrived in part, besides the
	 * largest head.
	 */
	private static final int BYTES = 56 * 1024;

	/** Requests are small. Tomcat's default of 8 KiB is on the heap twice. */
	private static final String READ_BUFFER = "2048";

	/** Longer than a body may take, whose sender gets an answer then. */
	private static final Duration READ = RequestBodyFilter.LONGEST.multipliedBy(2);

	@Override
	public void customize(ConfigurableTomcatWebServerFactory factory) {
		factory.addConnectorCustomizers((connector) -> {
			connector.setProperty("socket.appReadBufSize", READ_BUFFER);
			// Not on the heap.
			connector.setProperty("socket.directBuffer", "true");
			AbstractHttp11Protocol<?> protocol = (AbstractHttp11Protocol<?>) connector.getProtocolHandler();
			protocol.setMaxConnections(
					Math.min(protocol.getMaxConnections(), most(protocol.getMaxHttpRequestHeaderSize())));
			protocol.setDisableUploadTimeout(false);
			protocol.setConnectionUploadTimeout((int) READ.toMillis());
		});
		// A forward would discard what the ResponseFilter writes after it.
		factory.addContextCustomizers((context) -> context.setSuspendWrappedResponseAfterForward(false));
	}

	private static int most(int head) {
		return (int) Math.min(SHARE * Runtime.getRuntime().maxMemory() / (BYTES + head), Integer.MAX_VALUE);
	}

}
