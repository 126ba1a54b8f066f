package io.sluice;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Set;

/**
 * The rooms of the proxy: {@code io.sluice.proxy.<room>} with all below it.
 *
 * <p>A room may use itself, the rooms that are open to all (doors, fault), and what another room
 * hands out: public records, enums and interfaces. Only the map, {@code io.sluice.proxy}, knows all
 * rooms, and no room knows the map.
 */
final class ProxyRooms {

  /** The package that composes the rooms. */
  static final String MAP = "io.sluice.proxy";

  private static final Set<String> OPEN_ROOMS = Set.of("doors", "fault");

  private ProxyRooms() {}

  static ArchCondition<JavaClass> useOnlyTheOutputOfOtherRooms() {
    return new ArchCondition<>("use only public records, enums and interfaces of other rooms") {
      @Override
      public void check(JavaClass user, ConditionEvents events) {
        for (Dependency dependency : user.getDirectDependenciesFromSelf()) {
          if (!isAllowed(user, dependency.getTargetClass().getBaseComponentType())) {
            events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription()));
          }
        }
      }
    };
  }

  private static boolean isAllowed(JavaClass user, JavaClass used) {
    if (!isInProxy(used)) {
      return true;
    }
    String room = room(used);
    return room.equals(room(user)) || OPEN_ROOMS.contains(room) || isOutput(room, used);
  }

  private static boolean isInProxy(JavaClass used) {
    return used.getPackageName().equals(MAP) || used.getPackageName().startsWith(MAP + ".");
  }

  /** The name of the room, empty for the map. */
  private static String room(JavaClass inside) {
    if (inside.getPackageName().equals(MAP)) {
      return "";
    }
    String below = inside.getPackageName().substring(MAP.length() + 1);
    int dot = below.indexOf('.');
    return dot < 0 ? below : below.substring(0, dot);
  }

  private static boolean isOutput(String room, JavaClass used) {
    return !room.isEmpty()
        && used.getModifiers().contains(JavaModifier.PUBLIC)
        && (used.isRecord() || used.isEnum() || used.isInterface());
  }
}
