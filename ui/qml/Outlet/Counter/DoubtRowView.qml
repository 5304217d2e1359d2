import QtQuick
import Outlet.Components

// One payment without an outcome: what, since when, what is safe, what happens next, what a person may decide.
Column {
    id: root

    required property Theme theme
    required property string outTradeNo
    required property string title
    required property string since
    required property string safe
    required property string nextStep
    required property bool forAPerson

    signal accepted
    signal givenBack

    spacing: theme.gap

    Rectangle {
        width: parent.width
        height: root.theme.hairline
        color: root.theme.line
    }

    Label {
        width: parent.width
        theme: root.theme
        text: root.title
        color: root.theme.danger
        font.weight: Font.DemiBold
        wrapMode: Text.Wrap
    }

    Label {
        width: parent.width
        theme: root.theme
        quiet: true
        text: root.since
        wrapMode: Text.Wrap
    }

    Label {
        width: parent.width
        theme: root.theme
        font.pixelSize: root.theme.body - 2
        text: root.safe
        wrapMode: Text.Wrap
    }

    Label {
        width: parent.width
        theme: root.theme
        font.pixelSize: root.theme.body - 2
        text: root.nextStep
        wrapMode: Text.Wrap
    }

    Flow {
        width: parent.width
        spacing: root.theme.gap * 3
        visible: root.forAPerson

        ActionButton {
            theme: root.theme
            kind: "primary"
            text: qsTrId("doubt.accept")
            spoken: text + " " + root.title
            onPressed: root.accepted()
        }

        ActionButton {
            theme: root.theme
            text: qsTrId("doubt.give_back")
            spoken: text + " " + root.title
            onPressed: root.givenBack()
        }
    }
}
