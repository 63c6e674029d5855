package dev.distributeimage.api.wire;

import java.time.Duration;

import org.apache.coyote.http11.AbstractHttp11Protocol;

import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * Limits Tomcat's connections by the heap: each holds buffers, whether or not anything is
 * sent. {@code server.tomcat.max-connections} can lower the number, not raise it.
 */
@Component
@Order(Ordered.LOWEST_PRECEDENCE)
class TomcatConnections implements WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> {

	/** The part of the heap that connections may hold. */
	private static final double SHARE = 1 / 4.0;

	/** What a connection holds while it sends half a request, in bytes. */
	private static final int BYTES = 32 * 1024;

	/** Longer than a body may take, whose sender gets an answer then. */
	private static final Duration READ = RequestBodyFilter.LONGEST.multipliedBy(2);

	@Override
	public void customize(ConfigurableTomcatWebServerFactory factory) {
		factory.addConnectorCustomizers((connector) -> {
			AbstractHttp11Protocol<?> protocol = (AbstractHttp11Protocol<?>) connector.getProtocolHandler();
			protocol.setMaxConnections(Math.min(protocol.getMaxConnections(), most()));
			protocol.setDisableUploadTimeout(false);
			protocol.setConnectionUploadTimeout((int) READ.toMillis());
		});
		// A forward would discard what the ResponseFilter writes after it.
		factory.addContextCustomizers((context) -> context.setSuspendWrappedResponseAfterForward(false));
	}

	private static int most() {
		return (int) Math.min(SHARE * Runtime.getRuntime().maxMemory() / BYTES, Integer.MAX_VALUE);
	}

}
