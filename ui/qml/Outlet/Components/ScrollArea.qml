import QtQuick

// A page that may be taller than its room: what takes the keyboard comes into view, PgUp and PgDn turn it.
Flickable {
    id: root

    required property Theme theme
    property bool takesKeyboard: true
    property bool staysInView: false
    default property alias content: scope.data
    readonly property Item focused: scope.activeFocus ? Window.activeFocusItem : null

    function goTo(top: real): void {
        contentY = Math.max(0, Math.min(top, contentHeight - height));
    }

    function reveal(spot: rect): void {
        goTo(Math.min(spot.y - theme.gap * 4, Math.max(contentY, spot.y + spot.height + theme.gap * 4 - height)));
    }

    function follow(): void {
        if (focused)
            reveal(focused.mapToItem(scope, 0, 0, focused.width, focused.height));
    }

    function keepInView(): void {
        if (staysInView)
            follow();
    }

    function turn(pages: int): void {
        goTo(contentY + pages * height * 0.8);
    }

    clip: contentHeight > height
    boundsBehavior: Flickable.StopAtBounds
    onFocusedChanged: follow()
    onHeightChanged: keepInView()
    onContentHeightChanged: keepInView()
    Keys.onPressed: event => root.turn(event.key === Qt.Key_PageDown ? 1 : event.key === Qt.Key_PageUp ? -1 : 0)

    FocusScope {
        id: scope

        width: root.width
        height: root.contentHeight
        focus: root.takesKeyboard
    }
}
