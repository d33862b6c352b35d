package dev.kasane.text.chat;

import com.hubspot.jinjava.el.ext.JinjavaBeanELResolver;
import com.hubspot.jinjava.lib.exptest.ExpTest;
import com.hubspot.jinjava.lib.filter.Filter;
import com.hubspot.jinjava.util.ForLoop;
import jinjava.javax.el.ELContext;
import jinjava.javax.el.ELException;
import jinjava.javax.el.ELResolver;
import java.beans.FeatureDescriptor;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * What values can do in a chat template: Python's indexing, and the methods of Python's strings, lists and
 * dictionaries in {@link PythonMethods}. Nothing of Java is in reach.
 */
final class PythonValues extends ELResolver {
  /** How the engine calls its own filters and tests, and reads its loop variable; values never get there. */
  private final ELResolver engine = new JinjavaBeanELResolver(true);

  @Override
  public Object getValue(ELContext context, Object base, Object property) {
    if (base instanceof ForLoop) {
      return engine.getValue(context, base, property);
    }
    if (base == null) {
      return null;
    }
    context.setPropertyResolved(true);
    if (base instanceof Map<?, ?> map) {
      return map.get(property instanceof Number ? property : String.valueOf(property));
    }
    if (base instanceof List<?> list) {
      return item(list, property);
    }
    if (base instanceof String text && index(property, text.length()) >= 0) {
      int at = index(property, text.length());
      return text.substring(at, at + 1);
    }
    return null;
  }

  private static Object item(List<?> list, Object property) {
    int at = index(property, list.size());
    return at < 0 ? null : list.get(at);
  }

  /** The place that an index means, counted from the end if it is negative; -1 if there is none. */
  private static int index(Object property, int size) {
    long at;
    if (property instanceof Number number) {
      at = number.longValue();
    } else if (property instanceof String text && text.matches("-?\\d{1,9}")) {
      at = Long.parseLong(text);
    } else {
      return -1;
    }
    at = at < 0 ? at + size : at;
    return at < 0 || at >= size ? -1 : (int) at;
  }

  @Override
  public Object invoke(ELContext context, Object base, Object method, Class<?>[] types, Object[] arguments) {
    if (base instanceof Filter || base instanceof ExpTest) {
      return engine.invoke(context, base, method, types, arguments);
    }
    context.setPropertyResolved(true);
    try {
      return PythonMethods.call(base, String.valueOf(method), arguments == null ? new Object[0] : arguments);
    } catch (ClassCastException | IndexOutOfBoundsException e) {
      throw new ELException("the arguments of " + method + "() do not fit", e);
    }
  }

  @Override
  public Class<?> getType(ELContext context, Object base, Object property) {
    return null;
  }

  @Override
  public void setValue(ELContext context, Object base, Object property, Object value) {
    throw new ELException("chat templates cannot change '" + property + "'");
  }

  @Override
  public boolean isReadOnly(ELContext context, Object base, Object property) {
    return true;
  }

  @Override
  public Iterator<FeatureDescriptor> getFeatureDescriptors(ELContext context, Object base) {
    return List.<FeatureDescriptor>of().iterator();
  }

  @Override
  public Class<?> getCommonPropertyType(ELContext context, Object base) {
    return Object.class;
  }
}
