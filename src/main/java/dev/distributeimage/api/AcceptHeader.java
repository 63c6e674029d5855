package dev.distributeimage.api;

import java.util.List;

import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.accept.HeaderContentNegotiationStrategy;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.servlet.config.annotation.ContentNegotiationConfigurer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Reads the Accept header. A media type with {@code q=0} is excluded; Spring would only
 * rank it last. Other parameters are dropped: JSON has none. Spring would write in the
 * charset asked for, or fail after the request has been carried out.
 */
@Component
class AcceptHeader extends HeaderContentNegotiationStrategy implements WebMvcConfigurer {

	@Override
	public List<MediaType> resolveMediaTypes(NativeWebRequest request) throws HttpMediaTypeNotAcceptableException {
		List<MediaType> wanted = super.resolveMediaTypes(request).stream()
			.filter((type) -> type.getQualityValue() > 0)
			.map((type) -> new MediaType(type.getType(), type.getSubtype(), type.getQualityValue()))
			.toList();
		if (wanted.isEmpty()) {
			throw new HttpMediaTypeNotAcceptableException("The Accept header excludes everything");
		}
		return wanted;
	}

	@Override
	public void configureContentNegotiation(ContentNegotiationConfigurer configurer) {
		configurer.strategies(List.of(this));
	}

}
