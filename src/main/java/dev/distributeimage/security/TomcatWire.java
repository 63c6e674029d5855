package dev.distributeimage.security;

import org.apache.catalina.Lifecycle;
import org.apache.catalina.LifecycleEvent;
import org.apache.catalina.connector.Connector;

import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/**
 * Puts {@link WireAdapter} and {@link TraceValve} into Tomcat, also into that of the
 * management port, whose configurations are listed in {@code META-INF/spring}.
 */
@Component
class TomcatWire implements WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> {

	@Override
	public void customize(ConfigurableTomcatWebServerFactory factory) {
		factory.addConnectorCustomizers((connector) -> connector.addLifecycleListener(TomcatWire::adapt));
		factory.addContextCustomizers((context) -> context.getParent().getPipeline().addValve(new TraceValve()));
	}

	// The connector makes its own adapter when it is initialized.
	private static void adapt(LifecycleEvent event) {
		if (Lifecycle.AFTER_INIT_EVENT.equals(event.getType()) && event.getLifecycle() instanceof Connector connector) {
			connector.getProtocolHandler().setAdapter(new WireAdapter(connector));
		}
	}

}
