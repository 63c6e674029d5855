package dev.distributeimage.api.contract;

import java.io.IOException;
import java.io.UncheckedIOException;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.ViewControllerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Serves Swagger UI, to read the contract and try it out. The start page is our own and
 * loads only our own document.
 */
@Configuration(proxyBeanMethods = false)
@Conditional(DocumentsServed.class)
class SwaggerUi implements WebMvcConfigurer {

	private static final String WEBJAR = "classpath:/META-INF/resources/webjars/swagger-ui/*/";

	@Override
	public void addResourceHandlers(ResourceHandlerRegistry registry) {
		registry.addResourceHandler("/swagger-ui/**")
			.addResourceLocations(new ClassPathResource("swagger-ui/", SwaggerUi.class), webjar())
			.setCacheControl(CacheControl.noCache());
	}

	@Override
	public void addInterceptors(InterceptorRegistry registry) {
		registry.addInterceptor(new PolicyOfItsOwn()).addPathPatterns("/swagger-ui/**");
	}

	@Override
	public void addViewControllers(ViewControllerRegistry registry) {
		registry.addViewController("/swagger-ui/").setViewName("forward:/swagger-ui/index.html");
		registry.addRedirectViewController("/swagger-ui", "/swagger-ui/");
		registry.addRedirectViewController("/swagger-ui.html", "/swagger-ui/");
	}

	// The path contains the version.
	private static Resource webjar() {
		try {
			return new PathMatchingResourcePatternResolver().getResources(WEBJAR)[0];
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Lets the page load its own script and style, and call this service. */
	private static final class PolicyOfItsOwn implements HandlerInterceptor {

		@Override
		public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
			response.setHeader("Content-Security-Policy",
					"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
							+ " base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
			return true;
		}

	}

}
