package dev.distributeimage.api.problem;

import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** Adds the {@link ProblemValve} to Tomcat, in front of valves that refuse requests. */
@Component
@Order(100)
class TomcatProblems implements WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> {

	private final JsonMapper json;

	private final ApplicationEventPublisher events;

	TomcatProblems(JsonMapper json, ApplicationEventPublisher events) {
		this.json = json;
		this.events = events;
	}

	// Ordered and added after Spring Boot's own valve, and therefore the first to answer.
	@Override
	public void customize(ConfigurableTomcatWebServerFactory factory) {
		factory.addContextCustomizers(
				(context) -> context.getParent().getPipeline().addValve(new ProblemValve(this.json, this.events)));
	}

}
