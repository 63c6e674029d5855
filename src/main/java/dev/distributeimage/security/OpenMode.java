package dev.distributeimage.security;

import java.net.InetAddress;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerProperties;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.Conditional;
import org.springframework.stereotype.Component;

/** Lets everybody do everything, but no web page of somebody else. */
@Component
@ConditionalOnWebApplication
@Conditional(Mode.Open.class)
class OpenMode implements WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> {

	private static final Logger logger = LoggerFactory.getLogger(OpenMode.class);

	private final SecuritySettings settings;

	private final ServerProperties server;

	OpenMode(SecuritySettings settings, OAuth2ResourceServerProperties spring, ServerProperties server) {
		ConfiguredIssuers.requireNone(settings, spring.getJwt());
		this.settings = settings;
		this.server = server;
	}

	// Without an order, and therefore behind the ProblemValve, which answers for the
	// guard.
	@Override
	public void customize(ConfigurableTomcatWebServerFactory factory) {
		warn(this.server.getAddress());
		factory.addContextCustomizers(
				(context) -> context.getParent().getPipeline().addValve(new OpenModeValve(this.settings.openHosts())));
	}

	private static void warn(@Nullable InetAddress address) {
		if (address != null && address.isLoopbackAddress()) {
			logger.warn("Open mode: everybody on this machine may do everything, because there is no sign-in");
		}
		else {
			logger.warn(
					"Open mode beyond this machine: everybody who reaches {} may do everything in AWS that the"
							+ " service may, because there is no sign-in",
					(address != null) ? address.getHostAddress() : "any of its addresses");
		}
	}

}
