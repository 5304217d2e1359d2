import QtQuick

// Read first: Qt loads its own parts while Python still loads ours.
Item {}
