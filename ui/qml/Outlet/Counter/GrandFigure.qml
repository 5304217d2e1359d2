import QtQuick
import Outlet.Components

// The one amount that counts, in huge figures that shrink before they are cut.
Item {
    id: root

    required property Theme theme
    required property string label
    required property string figure
    property int size: theme.large

    implicitHeight: amount.implicitHeight

    Label {
        id: name

        theme: root.theme
        text: root.label
        anchors.baseline: amount.baseline
    }

    Text {
        id: amount

        anchors.right: parent.right
        width: parent.width - name.implicitWidth - root.theme.gap * 3
        text: root.figure
        color: root.theme.ink
        font.pixelSize: root.size
        font.weight: Font.DemiBold
        fontSizeMode: Text.HorizontalFit
        minimumPixelSize: root.theme.body
        horizontalAlignment: Text.AlignRight
        textFormat: Text.PlainText
        Accessible.role: Accessible.StaticText
        Accessible.name: root.label + " " + text
    }
}
