package dev.distributeimage.api.contract;

import java.util.List;
import java.util.Map;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;
import org.springframework.web.servlet.resource.ResourceHttpRequestHandler;

/**
 * Serves the workflow as an Arazzo document, and the OpenAPI document that it refers to.
 */
@Configuration(proxyBeanMethods = false)
@Conditional(DocumentsServed.class)
class WorkflowDocuments {

	// Neither Spring's static resources nor Tomcat map yml to YAML.
	@Bean
	ResourceHttpRequestHandler workflowDocumentFiles() {
		ResourceHttpRequestHandler files = new ResourceHttpRequestHandler();
		files.setLocations(List.of(new ClassPathResource("static/")));
		files.setMediaTypes(Map.of("yml", MediaType.APPLICATION_YAML));
		files.setCacheControl(CacheControl.noCache());
		return files;
	}

	/** The only files of static/ that are served: Spring's static resources are off. */
	@Bean
	HandlerMapping workflowDocumentPaths(ResourceHttpRequestHandler workflowDocumentFiles) {
		return new SimpleUrlHandlerMapping(
				Map.of("/arazzo.yml", workflowDocumentFiles, "/imagebuilder-openapi.yml", workflowDocumentFiles), 1);
	}

}
