package dev.distributeimage.api;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.util.MimeTypeUtils;
import org.springframework.web.HttpMediaTypeNotAcceptableException;

/** The media types of a history. */
enum EventsFormat {

	/** Page by page. */
	JSON(MediaType.APPLICATION_JSON_VALUE),

	/** As they come, as server-sent events. */
	STREAM(MediaType.TEXT_EVENT_STREAM_VALUE);

	private final String mediaType;

	EventsFormat(String mediaType) {
		this.mediaType = mediaType;
	}

	/**
	 * What the caller likes best: by weight, then by how precisely it is named, then by
	 * order; JSON, if it does not care.
	 */
	static EventsFormat of(HttpServletRequest request) throws HttpMediaTypeNotAcceptableException {
		List<MediaType> accepted = new ArrayList<>(
				MediaType.parseMediaTypes(Collections.list(request.getHeaders(HttpHeaders.ACCEPT))));
		if (accepted.isEmpty()) {
			return JSON;
		}
		MimeTypeUtils.sortBySpecificity(accepted);
		for (MediaType range : accepted) {
			for (EventsFormat format : values()) {
				if (range.getQualityValue() > 0 && range.includes(format.mediaType()) && !format.isRefused(accepted)) {
					return format;
				}
			}
		}
		throw new HttpMediaTypeNotAcceptableException(List.of(JSON.mediaType(), STREAM.mediaType()));
	}

	private boolean isRefused(List<MediaType> accepted) {
		return accepted.stream()
			.anyMatch((range) -> range.getQualityValue() == 0 && range.equalsTypeAndSubtype(mediaType()));
	}

	private MediaType mediaType() {
		return MediaType.parseMediaType(this.mediaType);
	}

}
