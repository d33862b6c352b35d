package dev.kasane.core.tensor;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** An operator whose tensors may lie on several devices. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface AcrossDevices {}
