package dev.kasane.app.cli.options;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What an option or parameter sets, as texts from below the command line call it: {@code «learning-rate schedule»}.
 * Without this mark they call it as the option is called.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface Sets {
  /** The thing; several where texts tell apart what one option sets. */
  String[] value();
}
