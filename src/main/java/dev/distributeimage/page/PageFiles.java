package dev.distributeimage.page;

import java.util.List;
import java.util.Map;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;
import org.springframework.web.servlet.resource.ResourceHttpRequestHandler;

/** Serves the script and the icon of the page. */
@Configuration(proxyBeanMethods = false)
@Conditional(PageServed.class)
class PageFiles {

	@Bean
	ResourceHttpRequestHandler pageFile() {
		ResourceHttpRequestHandler files = new ResourceHttpRequestHandler();
		files.setLocations(List.of(new ClassPathResource("static/")));
		files.setCacheControl(CacheControl.noCache());
		return files;
	}

	@Bean
	HandlerMapping pageFilePaths(ResourceHttpRequestHandler pageFile) {
		return new SimpleUrlHandlerMapping(Map.of("/page.js", pageFile, "/page.svg", pageFile), 1);
	}

}
