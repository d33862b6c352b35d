package dev.kasane.text.chat;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.tag.ForTag;
import com.hubspot.jinjava.tree.TagNode;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Jinja's loop with a bound on all rounds of one rendering, so that nested loops end too. */
final class BoundedForTag extends ForTag {
  @Override
  public String renderForCollection(TagNode tag, JinjavaInterpreter interpreter, List<String> names,
      Object collection) {
    RenderBudget.loop(size(collection));
    return super.renderForCollection(tag, interpreter, names, collection);
  }

  private static long size(Object collection) {
    if (collection instanceof Collection<?> items) {
      return items.size();
    }
    if (collection instanceof Map<?, ?> map) {
      return map.size();
    }
    return collection instanceof String text ? text.length() : 1;
  }
}
