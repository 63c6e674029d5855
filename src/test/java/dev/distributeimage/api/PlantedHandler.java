package dev.distributeimage.api;

import java.util.concurrent.Callable;

import org.springframework.util.ClassUtils;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * A handler that the service does not have otherwise.
 *
 * @param path what it handles GET requests for
 */
public record PlantedHandler(String path, Callable<?> handler) {

	/** Has it in the service, which other tests share, until the test is done. */
	public void in(RequestMappingHandlerMapping handlers, Runnable test) {
		RequestMappingInfo mapping = RequestMappingInfo.paths(this.path).methods(RequestMethod.GET).build();
		handlers.registerMapping(mapping, this.handler, ClassUtils.getMethod(Callable.class, "call"));
		try {
			test.run();
		}
		finally {
			handlers.unregisterMapping(mapping);
		}
	}

}
