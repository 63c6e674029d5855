package dev.distributeimage;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

import org.jspecify.annotations.Nullable;

/** Lets a test intercept the calls of an object. */
public final class Intercepted {

	private Intercepted() {
	}

	/** Returns the target, with every call passed to the interceptor. */
	public static <T> T of(Class<T> type, T target, Interceptor interceptor) {
		return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type },
				(proxy, method, arguments) -> interceptor
					.intercept(new Call(target, method, (arguments != null) ? arguments : new Object[0]))));
	}

	/** Intercepts calls. */
	@FunctionalInterface
	public interface Interceptor {

		@Nullable Object intercept(Call call) throws Throwable;

	}

	/** A call of the target. */
	@SuppressWarnings("ArrayRecordComponent")
	public record Call(Object target, Method method, @Nullable Object[] arguments) {

		/** Passes the call on to the target. */
		public @Nullable Object make() throws Throwable {
			try {
				return this.method.invoke(this.target, this.arguments);
			}
			catch (InvocationTargetException ex) {
				throw ex.getCause();
			}
		}

		public String name() {
			return this.method.getName();
		}

	}

}
