import QtQuick
import Outlet.Components

// One item of stock and the field for what was counted of it.
Item {
    id: root

    required property Theme theme
    required property string label
    required property string hint

    signal typed(string text)
    signal submitted

    function takeKeyboard(): void {
        entry.takeKeyboard();
    }

    implicitHeight: Math.max(entry.height, words.implicitHeight)

    Label {
        id: words

        anchors.left: parent.left
        anchors.right: entry.left
        anchors.rightMargin: root.theme.gap * 3
        anchors.verticalCenter: parent.verticalCenter
        theme: root.theme
        text: root.label
        wrapMode: Text.Wrap
        Accessible.ignored: true
    }

    Field {
        id: entry

        anchors.right: parent.right
        width: Math.round(parent.width * 0.48)
        theme: root.theme
        labelled: true
        figures: true
        maximumLength: 200
        name: root.label
        hint: root.hint
        onEdited: text => root.typed(text)
        onSubmitted: root.submitted()
    }
}
